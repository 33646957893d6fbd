import { useConnection, useReactFlow } from '@xyflow/react';
import { createPortal } from 'react-dom';
import { useUi } from '../model/builder.ts';
import { portKey } from '../model/ui-state.ts';
import { endOf } from './handle-id.ts';

/** Over a port that does not fit, a tooltip says why. */
export function DragReason() {
  const fits = useUi((ui) => ui.drag?.fits ?? null);
  const over = useConnection((connection) => {
    const { toHandle } = connection;
    if (!connection.inProgress || toHandle === null || toHandle === undefined || connection.isValid !== false)
      return null;
    const side = toHandle.type === 'source' ? 'output' : 'input';
    return {
      key: portKey(endOf(toHandle.nodeId, toHandle.id, side)),
      x: connection.to.x,
      y: connection.to.y,
    };
  });
  const { flowToScreenPosition } = useReactFlow();
  const reason = over === null ? undefined : fits?.get(over.key);
  if (over === null || reason === undefined || reason === null) return null;
  const at = flowToScreenPosition(over);
  return createPortal(
    <div className="flow-drag-reason" role="status" style={{ left: at.x + 14, top: at.y + 14 }}>
      {/[.!?]$/.test(reason) ? reason : `${reason}.`}
    </div>,
    document.body,
  );
}
