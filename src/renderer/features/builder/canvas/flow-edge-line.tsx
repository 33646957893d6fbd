import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { type CSSProperties, memo } from 'react';
import { formatCount } from '../../../ui/numbers.ts';
import { useRun, useUi } from '../model/builder.ts';
import { measures } from '../model/geometry.ts';
import type { RunState } from '../run/run-session.ts';
import { edgeState } from '../run/step-look.ts';
import { edgeMiddle, edgePath } from './edge-path.ts';

export interface EdgeData extends Record<string, unknown> {
  /** The token of the type's colour: `text`, `image`. */
  type: string;
  /** The Map whose inner graph the edge belongs to. */
  within: string | null;
  /** The steps it connects; it may be drawn at the block of a folded group. */
  from: string;
  to: string;
}
export type CanvasEdge = Edge<EdgeData, 'flow'>;

/** From the rim of the port's shape, not from its target area. */
const inset = measures.handle / 2 - 5;

/** An edge in the colour of what it carries, and how far that is. */
export const FlowEdgeLine = memo(function FlowEdgeLine(props: EdgeProps<CanvasEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, data } = props;
  const [source, target] = [data?.from ?? '', data?.to ?? ''];
  const state = useRun((run) => stateOf(run, source, target, data?.within ?? null));
  const change = useUi((ui) => ui.diff?.edges.get(id));
  const count = useRun((run) => (state === 'flowing' ? countOf(run, source, target) : 0));
  const [fromX, toX] = [sourceX - inset, targetX + inset];
  const path = edgePath(fromX, sourceY, toX, targetY);
  const middle = edgeMiddle(fromX, sourceY, toX, targetY);
  const type = { '--type': `var(--type-${data?.type ?? 'any'})` } as CSSProperties;
  return (
    <>
      <g style={type}>
        <BaseEdge path={path} className="flow-edge" data-state={state} data-change={change} interactionWidth={18} />
        {state === 'flowing' && <path d={path} className="flow-edge-dots" />}
      </g>
      {count > 0 && (
        <EdgeLabelRenderer>
          <span
            className="flow-edge-count"
            style={{ transform: `translate(-50%, -50%) translate(${middle.x}px, ${middle.y}px)` }}
          >
            {formatCount(count)}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

function stateOf({ overlay }: RunState, source: string, target: string, within: string | null) {
  if (overlay === null) return 'still';
  if (within === null) return edgeState(overlay.steps.get(source), overlay.steps.get(target));
  const map = overlay.steps.get(within);
  return edgeState(map, map);
}

/** Items that pass: those a Map has taken, at its input, and those it has finished, at its output. */
function countOf({ overlay }: RunState, source: string, target: string): number {
  return overlay?.steps.get(source)?.items?.done ?? overlay?.steps.get(target)?.items?.total ?? 0;
}
