import './timeline.css';
import { ChevronDown, ChevronRight } from 'lucide-react';
import type { CSSProperties } from 'react';
import { colourOf, type Machines, useMachines } from '../../app/machines.ts';
import { Icon } from '../../ui/icon.tsx';
import { MachineName } from '../../ui/machine-chip.tsx';
import { formatDuration, formatPlural } from '../../ui/numbers.ts';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { glyphOfStep } from '../../ui/states.ts';
import { Weave, type WeaveStretch } from '../../ui/weave.tsx';
import { ItemPager } from './item-pager.tsx';
import type { ShownWindow } from './item-window.ts';
import { provenanceWord } from './step-standing.tsx';
import type { Bar, Lane, TimelineRow } from './timeline.ts';
import { ticksOf } from './timeline.ts';

export interface Chosen {
  step: string;
  path: string;
}

interface ViewProps {
  /** Milliseconds from the run's start to its end, or to now. */
  length: number;
  chosen: Chosen | null;
  onChoose: (chosen: Chosen) => void;
}

const tint = (colour: string) => ({ '--c': colour }) as CSSProperties;

const place = (from: number, to: number, length: number): CSSProperties => ({
  left: `${(from / length) * 100}%`,
  width: `calc(${((to - from) / length) * 100}% - 1px)`,
});

export function Axis({ length }: { length: number }) {
  const ticks = ticksOf(length);
  return (
    <div
      className="grid h-6 flex-none grid-cols-[var(--names,216px)_1fr] border-y border-line bg-canvas"
      aria-hidden="true"
    >
      <span />
      <div className="relative mr-7">
        {ticks
          .filter((tick) => tick / length < 0.96)
          .map((tick) => (
            <span
              key={tick}
              className={`absolute top-1 text-11 whitespace-nowrap text-ink-3 ${tick === 0 ? '' : '-translate-x-1/2'}`}
              style={{ left: `${(tick / length) * 100}%` }}
            >
              {tick === 0 ? '0 s' : formatDuration(tick)}
            </span>
          ))}
      </div>
    </div>
  );
}

export const GridLines = ({ length }: { length: number }) => (
  <div className="pointer-events-none absolute inset-y-0 right-7 left-[var(--names,216px)]" aria-hidden="true">
    {ticksOf(length).map((tick) => (
      <span key={tick} className="absolute inset-y-0 w-px bg-line" style={{ left: `${(tick / length) * 100}%` }} />
    ))}
  </div>
);

/** Heights of the parts of a step's row, as timeline.css gives them. */
const heights = { row: 32, lane: 27 } as const;

interface StepRowProps extends ViewProps {
  row: TimelineRow;
  /** The items of a Map that its lanes show, where those are not all. */
  window: ShownWindow | null;
  onWindow: (first: number | null) => void;
  /** Whether the lanes of a Map are shown. */
  open: boolean;
  onOpen: (open: boolean) => void;
}

/** How high a step's row is, in pixels, with the lanes under it. */
export const rowHeight = (row: TimelineRow, window: ShownWindow | null, open: boolean): number =>
  heights.row + (open ? heights.lane * (row.lanes.length + (window === null ? 0 : 1)) : 0);

export function StepRow({ row, window, onWindow, open, onOpen, ...view }: StepRowProps) {
  const machines = useMachines();
  const chosen = view.chosen?.step === row.stepId && view.chosen.path === '';
  const isMap = row.lanes.length > 0 || window !== null;
  const words = rowWords(row, machines);
  const inName = row.bar !== null && words !== '' && placeOfWords(row.bar, view.length, words) === 'name';
  return (
    <>
      <div className="gantt-row" aria-current={chosen}>
        <div className="gantt-name">
          {isMap && (
            <button
              type="button"
              className="-mr-0.5 -ml-4 rounded-2 text-ink-2"
              aria-expanded={open}
              aria-label={`Nodes of ${row.name}`}
              onClick={() => onOpen(!open)}
            >
              <Icon of={open ? ChevronDown : ChevronRight} size={14} />
            </button>
          )}
          <StateGlyph state={glyphOfStep[row.state]} label={row.state} />
          <button type="button" className="cut text-left" onClick={() => view.onChoose({ step: row.stepId, path: '' })}>
            {row.name}
          </button>
          {inName && <span className="ml-auto text-11 whitespace-nowrap text-ink-3">{shortWords(row)}</span>}
        </div>
        <div className="gantt-track">
          {row.line !== null && <span className="gantt-line" style={place(row.line.from, row.line.to, view.length)} />}
          {isMap ? (
            <MapBar row={row} machines={machines} length={view.length} />
          ) : (
            row.bar !== null && <BarMark bar={row.bar} machines={machines} {...view} />
          )}
          <RowWords row={row} words={words} length={view.length} />
        </div>
      </div>
      {open && window !== null && <WindowRow name={row.name} window={window} onWindow={onWindow} />}
      {open &&
        row.lanes.map((lane) => <LaneRow key={lane.nodeId ?? 'host'} lane={lane} machines={machines} {...view} />)}
    </>
  );
}

/** Which items the lanes show, and the way to others. */
function WindowRow({
  name,
  window,
  onWindow,
}: { name: string } & Pick<StepRowProps, 'onWindow'> & { window: ShownWindow }) {
  return (
    <div className="gantt-row" data-lane="">
      <div className="gantt-name" style={{ paddingRight: 0 }}>
        <ItemPager name={name} window={window} onWindow={onWindow} />
      </div>
    </div>
  );
}

/** Over the whole of a Map: who did how much of it. */
function MapBar({ row, machines, length }: { row: TimelineRow; machines: Machines; length: number }) {
  if (row.bar === null) return null;
  const stretches = row.lanes.map((lane): WeaveStretch => {
    const share = lane.bars
      .filter((bar) => bar.look !== 'lost')
      .reduce((sum, bar) => sum + Math.max(1, bar.to - bar.from), 0);
    const machine = lane.nodeId === null ? undefined : machines.get(lane.nodeId);
    return machine === undefined
      ? { kind: 'host', share }
      : { kind: 'machine', colour: machine.colour, share, key: machine.id };
  });
  return (
    <span className="absolute top-3" style={place(row.bar.from, row.bar.to, length)}>
      <Weave stretches={stretches} label={`${row.name}: who did the work`} height={7} />
    </span>
  );
}

/** Words stand after their bar, or before it; where neither has room, in the column of names. */
type WordsPlace = 'after' | 'before' | 'name';

function placeOfWords(bar: Bar, length: number, words: string): WordsPlace {
  const room = Math.min(0.9, words.length * 0.0115 + 0.03);
  if (1 - bar.to / length >= room) return 'after';
  return bar.from / length >= room ? 'before' : 'name';
}

function RowWords({ row, words, length }: { row: TimelineRow; words: string; length: number }) {
  if (words === '' || row.bar === null) return null;
  const where = placeOfWords(row.bar, length, words);
  if (where === 'name') return null;
  const style =
    where === 'before'
      ? { right: `${100 - (row.bar.from / length) * 100}%` }
      : { left: `${(row.bar.to / length) * 100}%` };
  return (
    <span className={`gantt-words ${row.state === 'failed' ? 'text-fail' : ''}`} style={style}>
      {words}
    </span>
  );
}

/** The short form, for the column of names. */
function shortWords(row: TimelineRow): string {
  const items = row.instance?.items;
  if (items !== undefined) return `${items.done + items.failed} of ${items.total}`;
  return row.bar === null ? '' : formatDuration(row.bar.to - row.bar.from);
}

/** "38.6 s on rack-2, after 7 s in line", "48 items on 3 nodes". */
function rowWords(row: TimelineRow, machines: Machines): string {
  const { instance, bar, line } = row;
  if (instance === null || bar === null) return '';
  if (instance.items !== undefined)
    return mapWords(instance.items, row.lanes.filter((lane) => lane.nodeId !== null).length);
  const apart = provenanceWord(instance);
  if (apart !== null) return apart.charAt(0).toUpperCase() + apart.slice(1);
  if (instance.error !== undefined) return instance.error.message;
  const took = formatDuration(bar.to - bar.from);
  const where = instance.nodeId === undefined ? '' : ` on ${machines.get(instance.nodeId)?.name ?? 'a removed node'}`;
  const waited =
    line !== null && line.to - line.from >= 500 ? `, after ${formatDuration(line.to - line.from)} in line` : '';
  return `${took}${where}${waited}`;
}

function mapWords(items: { total: number; done: number; failed: number }, nodes: number): string {
  const done = items.done + items.failed;
  const count = done < items.total ? `${done} of ${items.total}` : formatPlural(items.total, 'item');
  const failed = items.failed > 0 ? `, ${items.failed} failed` : '';
  return `${count}${nodes > 0 ? ` on ${formatPlural(nodes, 'node')}` : ''}${failed}`;
}

export function LaneRow({
  lane,
  machines,
  flat = false,
  ...view
}: { lane: Lane; machines: Machines; flat?: boolean } & ViewProps) {
  const machine = lane.nodeId === null ? undefined : machines.get(lane.nodeId);
  const lost = lane.bars.find((bar) => bar.look === 'lost' && machine?.presence === 'lost');
  const name = machine?.name ?? (lane.nodeId === null ? 'On the host' : 'A removed node');
  return (
    <div className="gantt-row" data-lane="" style={flat ? { height: 32 } : {}}>
      <div className="gantt-name" style={flat ? { paddingLeft: 20, fontSize: 13 } : {}}>
        {machine === undefined ? (
          <span className="row gap-1.5">
            <span className="size-4 rounded-machine bg-line-ui" aria-hidden="true" />
            {name}
          </span>
        ) : (
          <MachineName {...machine} />
        )}
        <span className="ml-auto text-ink-3">{lane.bars.filter((bar) => bar.look !== 'lost').length}</span>
      </div>
      <div className="gantt-track">
        {lane.bars.map((bar) => (
          <BarMark key={bar.key} inLane bar={bar} tracks={lane.tracks} machines={machines} {...view} />
        ))}
        {lost !== undefined && (
          <span className="gantt-words text-fail" style={{ left: `${(lost.to / view.length) * 100}%`, top: 5 }}>
            lost at {formatDuration(lost.to)}
          </span>
        )}
      </div>
    </div>
  );
}

/** A bar is chosen by pointer here and by keyboard in the list of attempts below, which holds the same instances. */
function BarMark({
  bar,
  inLane = false,
  tracks = 1,
  machines,
  length,
  chosen,
  onChoose,
}: { bar: Bar; inLane?: boolean; tracks?: number; machines: Machines } & ViewProps) {
  const isChosen = chosen !== null && chosen.step === bar.stepId && chosen.path === bar.path && bar.look !== 'lost';
  const lane =
    tracks > 1
      ? { top: 6 + (15 / tracks) * bar.track, height: Math.max(2, 15 / tracks - 1) }
      : inLane
        ? { top: 6, height: 15 }
        : {};
  const style = { ...place(bar.from, bar.to, length), ...lane, ...tint(colourOf(machines, bar.nodeId)) };
  const choose = () => onChoose({ step: bar.stepId, path: bar.path });
  return (
    <button
      type="button"
      tabIndex={-1}
      className="gantt-bar"
      data-look={bar.look}
      {...(isChosen ? { 'data-chosen': '' } : {})}
      style={style}
      aria-label={`${bar.stepId} ${bar.path}, ${formatDuration(bar.to - bar.from)}`}
      title={formatDuration(bar.to - bar.from)}
      onClick={choose}
    />
  );
}
