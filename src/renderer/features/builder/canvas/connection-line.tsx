import type { ConnectionLineComponentProps } from '@xyflow/react';
import type { CSSProperties } from 'react';
import { useFlow, useUi } from '../model/builder.ts';
import { measures } from '../model/geometry.ts';
import { typeLook } from '../model/port-look.ts';
import { graphOf, portTypeOf } from '../model/ports.ts';
import { edgePath } from './edge-path.ts';

const inset = measures.handle / 2 - 5;

/** The edge that is being drawn. */
export function ConnectionLine({ fromX, fromY, toX, toY, fromHandle }: ConnectionLineComponentProps) {
  const from = useUi((ui) => ui.drag?.from ?? null);
  const type = useFlow((view) => (from === null ? 'any' : portTypeOf(graphOf(view), from)));
  const output = fromHandle.type === 'source';
  const start = output ? fromX - inset : fromX + inset;
  const path = output ? edgePath(start, fromY, toX, toY) : edgePath(toX, toY, start, fromY);
  return (
    <g style={{ '--type': `var(--type-${typeLook(type).base})` } as CSSProperties}>
      <path d={path} className="flow-edge" data-state="carried" />
    </g>
  );
}
