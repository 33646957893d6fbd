/** What a run changes in the layout of the canvas, as one text, so that the layout is made again only when that changes. */

import { stepType } from '../../../../shared/flows/registry.ts';
import type { FlowFile, FlowStep } from '../../../../shared/model/flow.ts';
import { isRunOver } from '../../../../shared/model/run.ts';
import type { RunDrawing } from '../model/scene.ts';
import type { RunState, TableHead } from './run-session.ts';

interface Parts {
  items: Record<string, number>;
  /** Maps whose items run now, with the lanes to keep free for each step in them. */
  lanes: Record<string, number>;
  failures: Record<string, string>;
  tables: Record<string, TableHead>;
  texts: Record<string, string>;
  /** Steps that write text, or have. */
  streams: string[];
  /** Steps that ask whether to go on. */
  asks: string[];
}

const mostLanes = 4;

export function drawingKey({ overlay, file, tables, texts }: RunState): string {
  if (overlay === null) return '';
  const parts: Parts = {
    items: {},
    lanes: {},
    failures: {},
    tables: Object.fromEntries(tables),
    texts: Object.fromEntries(texts),
    streams: [],
    asks: [],
  };
  const writing = writersOf(file);
  for (const [stepId, { state, items, error, jobId }] of overlay.steps) {
    if (items !== undefined) parts.items[stepId] = items.total;
    if (items !== undefined && state === 'running') parts.lanes[stepId] = Math.min(mostLanes, items.total);
    if (state === 'awaiting_approval' && !isRunOver(overlay.run.state)) parts.asks.push(stepId);
    if (jobId !== undefined && (state === 'running' || state === 'succeeded') && writing.has(stepId))
      parts.streams.push(stepId);
    if (state === 'failed' && items === undefined) parts.failures[stepId] = failureWords(error);
  }
  return JSON.stringify(parts);
}

const writers = new WeakMap<FlowFile, ReadonlySet<string>>();
const noWriters: ReadonlySet<string> = new Set();

/** The steps of a frozen flow whose type writes text; found once for each. */
function writersOf(file: FlowFile | null): ReadonlySet<string> {
  if (file === null) return noWriters;
  const known =
    writers.get(file) ?? new Set(file.steps.filter(({ type }) => stepType(type)?.streams === true).map(({ id }) => id));
  writers.set(file, known);
  return known;
}

/** What happened, then what you can do. */
export function failureWords(error: { message: string; next?: string } | undefined): string {
  if (error === undefined) return 'It failed without saying why.';
  const message = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
  return error.next === undefined ? message : `${message} ${error.next}`;
}

export function drawingOf(key: string): RunDrawing | null {
  if (key === '') return null;
  const parts = JSON.parse(key) as Parts;
  return {
    items: (mapId) => parts.items[mapId] ?? 0,
    lanes: (step: FlowStep) => (step.parent === undefined ? 0 : (parts.lanes[step.parent] ?? 0)),
    failure: (stepId) => parts.failures[stepId] ?? null,
    table: (stepId) => parts.tables[stepId] ?? null,
    text: (stepId) => parts.texts[stepId] ?? null,
    streams: (stepId) => parts.streams.includes(stepId),
    asks: (stepId) => parts.asks.includes(stepId),
  };
}
