import type { CSSProperties } from 'react';
import type { ItemCounts, StepInstance } from '../../../../shared/model/run.ts';
import { FilePicture } from '../../../app/value/file-picture.tsx';
import { MachineChip } from '../../../ui/machine-chip.tsx';
import { Mosaic, type MosaicCell, mosaicLimit } from '../../../ui/mosaic.tsx';
import { formatCount, formatDuration, formatPlural } from '../../../ui/numbers.ts';
import { StateGlyph } from '../../../ui/state-glyph.tsx';
import { Weave, type WeaveStretch } from '../../../ui/weave.tsx';
import { useFlow } from '../model/builder.ts';
import type { Body } from '../model/geometry.ts';
import { itemName, itemNames, noNames } from '../model/item-names.ts';
import { useMachines } from '../model/machines-context.ts';
import { graphOf } from '../model/ports.ts';
import type { MapProgress } from '../run/overlay.ts';
import { outerItem } from '../run/overlay.ts';
import { AskBody } from './ask-body.tsx';
import { useTick } from './use-tick.ts';

interface StepBodyProps {
  stepId: string;
  body: Body;
  lanes: readonly StepInstance[];
  /** The Map whose items the lanes are. */
  within: string | null;
}

/** What stands between the ports of a step and its foot. */
export function StepBody({ stepId, body, lanes, within }: StepBodyProps) {
  switch (body.kind) {
    case 'none':
      return null;
    case 'say':
      return (
        <div className="flow-body flow-say" {...(body.mono ? { 'data-mono': '' } : {})}>
          {body.text}
        </div>
      );
    case 'thumbs':
      return (
        <div className="flow-body flow-thumbs">
          {body.images.map((image) => (
            <FilePicture key={image.fileId} fileId={image.fileId} name={image.name} />
          ))}
          {body.more > 0 && <b>{`+ ${formatCount(body.more)}`}</b>}
        </div>
      );
    case 'table':
      return (
        <div className="flow-body flow-mini-table" aria-hidden="true">
          <div>
            {body.columns.map((column) => (
              <span key={column}>{column}</span>
            ))}
          </div>
          <div>
            {body.row.map((cell, index) => (
              <span key={body.columns[index]}>{cell}</span>
            ))}
          </div>
        </div>
      );
    case 'fail':
      return <div className="flow-body flow-fail">{body.message}</div>;
    case 'text':
      return <div className="flow-body flow-fail flow-result">{body.text}</div>;
    case 'stream':
      // The step itself draws it, for its foot counts what comes.
      return null;
    case 'ask':
      return <AskBody stepId={stepId} />;
    case 'lanes':
      return <Lanes count={body.count} lanes={lanes} within={within} />;
  }
}

/** A lane per running item: who works on what, and for how long. */
function Lanes({ count, lanes, within }: { count: number; lanes: readonly StepInstance[]; within: string | null }) {
  const machines = useMachines();
  const names = useFlow((view) => (within === null ? noNames : itemNames(graphOf(view), within)));
  const now = useTick(lanes.length > 0);
  return (
    <div className="flow-body flow-lanes" style={{ height: count * 23 + 6 }}>
      {lanes.slice(0, count).map((lane) => {
        const machine = machines.get(lane.nodeId ?? '');
        return (
          <div key={`${lane.path}|${lane.stepId}`} className="flow-lane">
            {machine === undefined ? <StateGlyph state="running" /> : <MachineChip {...machine} />}
            <span className="cut">{itemName(names, outerItem(lane.path)?.index ?? 0)}</span>
            <span className="end">
              {lane.startedAt === undefined ? '' : formatDuration(Math.max(0, now - lane.startedAt))}
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** The items of a Map: a cell each, above 96 a weave; then who did how many. */
export function MapCells({
  items,
  progress,
  hint,
}: {
  items: ItemCounts | undefined;
  progress: MapProgress | undefined;
  hint: string;
}) {
  const machines = useMachines();
  if (items === undefined) {
    return (
      <div className="flow-map-cells">
        <Mosaic cells={emptyRow} label="No items yet" />
        <div className="flow-map-hint">{hint}</div>
      </div>
    );
  }
  const words = itemWords(items);
  const done = [...(progress?.doneBy ?? [])].filter(([nodeId]) => nodeId !== '');
  return (
    <div className="flow-map-cells">
      {items.total > mosaicLimit ? (
        <Weave height={13} stretches={stretches(items, done, (id) => machines.get(id)?.colour)} label={words} />
      ) : (
        <Mosaic cells={cellsOf(items.total, progress, (id) => machines.get(id)?.colour)} label={words} />
      )}
      <div className="flow-map-counts">
        {done.slice(0, 4).map(([nodeId, count]) => {
          const machine = machines.get(nodeId);
          return machine === undefined ? null : (
            <span key={nodeId}>
              <MachineChip {...machine} name={machine.name} />
              {formatCount(count)}
            </span>
          );
        })}
        {items.failed > 0 && (
          <span className="end">
            <StateGlyph state="failed" />
            {`${formatCount(items.failed)} failed`}
          </span>
        )}
      </div>
    </div>
  );
}

const emptyRow: readonly MosaicCell[] = Array.from({ length: 16 }, (_, index) => ({
  key: String(index),
  state: 'waiting',
}));

type ColourOf = (nodeId: string) => number | undefined;

function cellsOf(total: number, progress: MapProgress | undefined, colourOf: ColourOf): MosaicCell[] {
  return Array.from({ length: total }, (_, index) => {
    const cell = progress?.cells[index];
    const colour = cell?.nodeId == null ? undefined : colourOf(cell.nodeId);
    return { key: String(index), state: cell?.state ?? 'waiting', ...(colour === undefined ? {} : { colour }) };
  });
}

function stretches(
  items: ItemCounts,
  done: readonly (readonly [string, number])[],
  colourOf: ColourOf,
): WeaveStretch[] {
  const known = done.reduce((sum, [, count]) => sum + count, 0);
  const machines = done.map(([key, share]): WeaveStretch => {
    const colour = colourOf(key);
    return colour === undefined ? { kind: 'host', share, key } : { kind: 'machine', colour, share, key };
  });
  return [
    ...machines,
    { kind: 'host', share: Math.max(0, items.done - known), key: 'host' },
    { kind: 'failed', share: items.failed, key: 'failed' },
    { kind: 'open', share: Math.max(0, items.total - items.done - items.failed), key: 'open' },
  ];
}

/** "48 items: 30 done, 1 failed, 3 running, 14 waiting" */
export function itemWords({ total, done, failed, running }: ItemCounts): string {
  const waiting = Math.max(0, total - done - failed - running);
  return `${formatPlural(total, 'item')}: ${done} done, ${failed} failed, ${running} running, ${waiting} waiting`;
}

interface ThreadProps {
  kind: 'none' | 'unknown' | 'items';
  items: Pick<ItemCounts, 'total' | 'failed'> | undefined;
  progress: Pick<MapProgress, 'doneBy'> | undefined;
}

/** Three pixels along the foot: the machine's colour while one works, the weave while several do. */
export function Thread({ kind, items, progress }: ThreadProps) {
  const machines = useMachines();
  if (kind === 'none') return null;
  if (kind === 'unknown' || items === undefined || items.total === 0) {
    return (
      <span className="flow-thread" data-unknown="" aria-hidden="true">
        <i />
      </span>
    );
  }
  const width = (count: number): CSSProperties => ({ width: `${(count / items.total) * 100}%` });
  return (
    <span className="flow-thread" aria-hidden="true">
      {[...(progress?.doneBy ?? [])].map(([nodeId, count]) => {
        const colour = machines.get(nodeId)?.colour;
        return (
          <i
            key={nodeId}
            style={{ ...width(count), ...(colour === undefined ? {} : { background: `var(--machine-${colour})` }) }}
          />
        );
      })}
      <i data-kind="failed" style={width(items.failed)} />
    </span>
  );
}
