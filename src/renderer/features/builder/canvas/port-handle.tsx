import { Handle, Position } from '@xyflow/react';
import { type CSSProperties, memo } from 'react';
import type { Port } from '../../../../shared/flows/step-type.ts';
import { typeInWords } from '../../../../shared/flows/types.ts';
import { PortShape } from '../../../ui/port-shape.tsx';
import { useBuilder, useUi } from '../model/builder.ts';
import { measures, type Point } from '../model/geometry.ts';
import { typeLook } from '../model/port-look.ts';
import { portKey } from '../model/ui-state.ts';
import { handleId } from './handle-id.ts';

interface PortHandleProps {
  step: string;
  side: 'input' | 'output';
  port: Port;
  /** The centre, relative to the step. */
  at: Point;
  /** Towards the inner graph of a Map: outputs of the Map itself at the left of its well, inputs at the right. */
  inner?: boolean;
  /** Nothing is connected yet: a short stub says that it can be dragged. */
  free?: boolean;
  /** At the block of a folded group: how the handle is called there, and whose port it is. */
  handle?: string;
  of?: string;
}

/** A port: 12 px shape in a 24 px target. While an edge is drawn it grows where it fits and fades where it does not. */
export const PortHandle = memo(function PortHandle({
  step,
  side,
  port,
  at,
  inner = false,
  free = false,
  handle = port.name,
  of,
}: PortHandleProps) {
  const { readOnly } = useBuilder();
  const key = portKey({ step, side, port: port.name });
  const drag = useUi((ui) =>
    ui.drag === null ? undefined : dragState(ui.drag.fits.get(key), portKey(ui.drag.from) === key),
  );
  const look = typeLook(port.type);
  const place: CSSProperties = {
    left: at.x - measures.handle / 2,
    top: at.y - measures.handle / 2,
    right: 'auto',
    bottom: 'auto',
  };
  return (
    <Handle
      id={handleId(side, handle)}
      type={side === 'output' ? 'source' : 'target'}
      position={side === 'output' ? Position.Right : Position.Left}
      className="flow-handle"
      style={place}
      isConnectable={!readOnly}
      title={`${of === undefined ? '' : `${of}, `}${port.title}: ${typeInWords(port.type)}`}
      data-drag={drag}
      {...(inner ? { 'data-inner': '' } : {})}
    >
      {free && side === 'output' && !readOnly && (
        <i className="stub" style={{ '--type': `var(--type-${look.base})` } as CSSProperties} />
      )}
      <span>
        <PortShape {...look} size={14} />
      </span>
    </Handle>
  );
});

function dragState(reason: string | null | undefined, source: boolean): 'fits' | 'no' | undefined {
  if (source) return undefined;
  return reason === null ? 'fits' : 'no';
}

/** What React Flow measures of a port, and nothing to see or to grasp: edges keep their ends while one is far away. */
export const FarPort = ({
  side,
  port,
  at,
  handle = port.name,
}: Omit<PortHandleProps, 'step'> & Partial<Pick<PortHandleProps, 'step'>>) => (
  <div
    className={`flow-far-port ${side === 'output' ? 'source' : 'target'}`}
    data-handleid={handleId(side, handle)}
    data-handlepos={side === 'output' ? Position.Right : Position.Left}
    style={{ left: at.x - measures.handle / 2, top: at.y - measures.handle / 2 }}
  />
);
