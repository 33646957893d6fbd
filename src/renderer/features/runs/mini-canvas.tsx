import { memo, useMemo } from 'react';
import { sizeOf } from '../../../shared/flows/picture.ts';
import type { FlowFile, FlowStep } from '../../../shared/model/flow.ts';
import type { RunDetail, StepInstance } from '../../../shared/model/run.ts';
import { colourOf, type Machines, useMachines } from '../../app/machines.ts';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { glyphOfStep } from '../../ui/states.ts';
import type { Chosen } from './timeline-view.tsx';

const view = { width: 372, height: 206, pad: 14 };
const boxHeight = 26;

interface Box {
  step: FlowStep;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Lays the top level of a flow into the small frame. */
function layOut(steps: readonly FlowStep[]): Box[] {
  const sizes = steps.map(sizeOf);
  const left = Math.min(...steps.map((step) => step.position.x));
  const top = Math.min(...steps.map((step) => step.position.y));
  const right = Math.max(...steps.map((step, index) => step.position.x + (sizes[index]?.width ?? 0)));
  const bottom = Math.max(...steps.map((step, index) => step.position.y + (sizes[index]?.height ?? 0)));
  const scaleX = Math.min(0.46, (view.width - 2 * view.pad) / Math.max(1, right - left));
  const scaleY = Math.min(0.46, (view.height - 2 * view.pad) / Math.max(1, bottom - top));
  const offsetX = (view.width - (right - left) * scaleX) / 2;
  const offsetY = (view.height - (bottom - top) * scaleY) / 2;
  return steps.map((step, index) => ({
    step,
    x: offsetX + (step.position.x - left) * scaleX,
    y: offsetY + (step.position.y - top) * scaleY,
    width: Math.max(28, (sizes[index]?.width ?? 0) * scaleX),
    height: Math.max(boxHeight, (sizes[index]?.height ?? 0) * scaleY),
  }));
}

const frame = 'h-[206px] flex-none border-b border-line';

/** Its place, until it is drawn. */
export const MiniCanvasPlace = () => <div className={frame} />;

interface MiniCanvasProps {
  detail: RunDetail;
  inner: ReadonlyMap<string, readonly StepInstance[]>;
  chosen: Chosen | null;
  onChoose: (chosen: Chosen) => void;
}

/** The flow as it ran, small: state and colour of every step. What did not change is not drawn again. */
export const MiniCanvas = memo(function MiniCanvas({ detail, inner, chosen, onChoose }: MiniCanvasProps) {
  const machines = useMachines();
  const { file } = detail;
  const boxes = useMemo(() => layOut(file.steps.filter((step) => step.parent === undefined)), [file]);
  const instances = new Map(detail.steps.map((step) => [step.stepId, step]));
  const ringed = chosen === null ? null : (chosen.path.match(/^[^[]+/)?.[0] ?? chosen.step);
  return (
    <div className={`dotted-ground relative overflow-hidden ${frame}`}>
      <MiniEdges file={file} boxes={boxes} />
      {boxes.length > mostDrawn ? (
        <FarSteps boxes={boxes} instances={instances} machines={machines} ringed={ringed} onChoose={onChoose} />
      ) : (
        boxes.map((box) => (
          <MiniStep
            key={box.step.id}
            box={box}
            instance={instances.get(box.step.id)}
            inner={inner.get(box.step.id) ?? noItems}
            machines={machines}
            ringed={ringed === box.step.id}
            onChoose={onChoose}
          />
        ))
      )}
    </div>
  );
});

const noItems: readonly StepInstance[] = [];

/** Above this many steps each is a plain block: names would not be readable, and a page of buttons is slow. */
const mostDrawn = 100;
const farHeight = 8;

interface FarStepsProps {
  boxes: readonly Box[];
  instances: ReadonlyMap<string, StepInstance>;
  machines: Machines;
  ringed: string | null;
  onChoose: (chosen: Chosen) => void;
}

/** Blocks in the colour of the node, or of the state. By keyboard the same steps are chosen in the timeline. */
const FarSteps = ({ boxes, instances, machines, ringed, onChoose }: FarStepsProps) => (
  <svg className="absolute inset-0" width={view.width} height={view.height} aria-hidden="true">
    {boxes.map(({ step, x, y }) => (
      // biome-ignore lint/a11y/noStaticElementInteractions: by pointer only; by keyboard the timeline chooses the same steps
      <rect
        key={step.id}
        x={x}
        y={y}
        width={12}
        height={farHeight}
        rx={2}
        fill={farColour(instances.get(step.id), machines)}
        {...(ringed === step.id ? { stroke: 'var(--select)', strokeWidth: 2 } : {})}
        onClick={() => onChoose({ step: step.id, path: '' })}
      />
    ))}
  </svg>
);

function farColour(instance: StepInstance | undefined, machines: Machines): string {
  if (instance?.state === 'failed') return 'var(--fail-line)';
  if (instance?.nodeId !== undefined) return colourOf(machines, instance.nodeId);
  return instance?.finishedAt === undefined ? 'var(--line-2)' : 'var(--line-ui)';
}

const MiniEdges = memo(function MiniEdges({ file, boxes }: { file: FlowFile; boxes: readonly Box[] }) {
  const byId = new Map(boxes.map((box) => [box.step.id, box]));
  return (
    <svg className="absolute inset-0" width={view.width} height={view.height} aria-hidden="true">
      {file.edges.map((edge) => {
        const from = byId.get(edge.from.step);
        const to = byId.get(edge.to.step);
        if (from === undefined || to === undefined) return null;
        const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2];
        const bend = Math.max(6, (x2 - x1) / 2);
        return (
          <path
            key={edge.id}
            d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
            fill="none"
            stroke="var(--line-ui)"
            strokeWidth="1.2"
          />
        );
      })}
    </svg>
  );
});

interface MiniStepProps {
  box: Box;
  instance: StepInstance | undefined;
  inner: readonly StepInstance[];
  machines: Machines;
  ringed: boolean;
  onChoose: (chosen: Chosen) => void;
}

const MiniStep = memo(function MiniStep({ box, instance, inner, machines, ringed, onChoose }: MiniStepProps) {
  const state = instance?.state ?? 'waiting';
  const work = [
    ...Map.groupBy(
      inner.filter((step) => step.nodeId !== undefined),
      (step) => step.nodeId,
    ),
  ];
  const threads =
    work.length > 0
      ? work.map(([nodeId, own]) => ({ nodeId, share: own.length }))
      : instance?.nodeId === undefined
        ? []
        : [{ nodeId: instance.nodeId, share: 1 }];
  const ring = ringed ? 'outline-[1.6px] outline-offset-[2.5px] outline-select' : 'outline-transparent';
  const edge = state === 'failed' ? 'border-fail-line' : 'border-line-2';
  return (
    <button
      type="button"
      onClick={() => onChoose({ step: box.step.id, path: '' })}
      title={box.step.name}
      className={`absolute flex flex-col items-start rounded-machine border bg-surface px-1.25 text-left outline ${edge} ${ring}`}
      style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
    >
      <span className="cut block h-6 w-full text-[9.5px] leading-6 font-medium">{box.step.name}</span>
      <StateGlyph
        state={glyphOfStep[state]}
        size={10}
        label={state}
        className="absolute -top-1 -right-1 rounded-round bg-canvas shadow-[0_0_0_1.5px_var(--canvas)]"
      />
      {box.height > 40 && inner.length > 0 && (
        <MiniCells inner={inner} machines={machines} width={box.width} height={box.height} />
      )}
      <span className="absolute inset-x-0.5 bottom-0.5 flex h-0.75 overflow-hidden" aria-hidden="true">
        {threads.map(({ nodeId, share }) => (
          <i key={nodeId} style={{ flexGrow: share, background: colourOf(machines, nodeId) }} />
        ))}
      </span>
    </button>
  );
});

/** As many items as fit, each in the colour of who did it. */
function MiniCells({
  inner,
  machines,
  width,
  height,
}: {
  inner: readonly StepInstance[];
  machines: Machines;
  width: number;
  height: number;
}) {
  const columns = Math.floor((width - 12) / 7);
  const rows = Math.floor((height - 34) / 7);
  const cells = inner
    .filter((step) => step.jobId !== undefined || step.nodeId !== undefined)
    .slice(0, Math.max(0, columns * rows));
  return (
    <span
      className="grid gap-[1.6px]"
      style={{ gridTemplateColumns: `repeat(${Math.max(1, columns)}, 5.4px)` }}
      aria-hidden="true"
    >
      {cells.map((cell) => (
        <i
          key={`${cell.stepId} ${cell.path}`}
          className="h-[5.4px] rounded-[1.2px]"
          style={{
            background:
              cell.state === 'failed'
                ? 'var(--fail-line)'
                : cell.nodeId === undefined
                  ? 'var(--track)'
                  : colourOf(machines, cell.nodeId),
          }}
        />
      ))}
    </span>
  );
}
