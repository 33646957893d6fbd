/**
 * How many runs of a flow go on at once (FlowFile.settings). Those above the bound wait in line, in the order in which
 * they were started; the line is rebuilt from the rows after a restart.
 */
import { AppError } from '../../shared/errors.ts';
import type { RunLimit } from '../../shared/model/flow-settings.ts';

export interface RunLine {
  /** Takes a place for a run that is about to be written: it may go on, or waits. Rejects `flow_busy`. */
  enter(run: InLine, limit: RunLimit): Promise<'running' | 'waiting'>;
  /** A run goes on whatever the bound is: it did so before a restart, or somebody took it up again. */
  goesOn(run: InLine): void;
  /** A run waits since before a restart; `begin` those that may go on afterwards. */
  waits(run: InLine, limit: RunLimit): void;
  /** A run has ended, or could not be written: the next may go on. */
  leave(run: InLine): void;
  /** Takes a run out of the line; false where it does not wait. */
  withdraw(run: InLine): boolean;
  /** Lets those at the heads of the lines go on, as far as there is room. */
  begin(): void;
  /** A run whose turn had come, and that could not be written then, is let go on again. */
  admitAgain(runId: string): void;
}

export interface InLine {
  readonly id: string;
  readonly flowId: string | null;
}

export interface RunLineDeps {
  /** Lets a run that waited go on. */
  admit(runId: string): void;
  /** Resolves when the run has ended. */
  cancel(runId: string): Promise<void>;
}

/** So many runs of one flow wait at most. */
export const mostWaiting = 1_000;

interface FlowLine {
  /** In the order in which they began. */
  readonly going: Set<string>;
  readonly waiting: { readonly id: string; readonly most: number }[];
}

export function createRunLine(deps: RunLineDeps): RunLine {
  const lines = new Map<string, FlowLine>();

  const lineOf = (flowId: string): FlowLine => {
    const line = lines.get(flowId) ?? { going: new Set(), waiting: [] };
    lines.set(flowId, line);
    return line;
  };
  const tidy = (flowId: string) => {
    const line = lines.get(flowId);
    if (line?.going.size === 0 && line.waiting.length === 0) lines.delete(flowId);
  };
  const advance = (line: FlowLine) => {
    for (let [next] = line.waiting; next !== undefined && line.going.size < next.most; [next] = line.waiting) {
      line.waiting.shift();
      line.going.add(next.id);
      deps.admit(next.id);
    }
  };
  const makeRoom = async (line: FlowLine, most: number) => {
    while (line.going.size >= most) {
      const [oldest] = line.going;
      if (oldest === undefined) return;
      await deps.cancel(oldest);
      line.going.delete(oldest);
    }
  };

  return {
    async enter({ id, flowId }, { maxRuns, whenBusy }) {
      if (flowId === null) return 'running';
      if (maxRuns !== null && whenBusy === 'cancel_oldest') await makeRoom(lineOf(flowId), maxRuns);
      const line = lineOf(flowId);
      const isFull = maxRuns !== null && (line.going.size >= maxRuns || line.waiting.length > 0);
      if (!isFull) {
        line.going.add(id);
        return 'running';
      }
      if (whenBusy === 'refuse' || line.waiting.length >= mostWaiting) throw new AppError('flow_busy');
      line.waiting.push({ id, most: maxRuns });
      return 'waiting';
    },
    goesOn({ id, flowId }) {
      if (flowId !== null) lineOf(flowId).going.add(id);
    },
    waits({ id, flowId }, { maxRuns }) {
      if (flowId !== null) lineOf(flowId).waiting.push({ id, most: maxRuns ?? Number.POSITIVE_INFINITY });
    },
    leave({ id, flowId }) {
      const line = flowId === null ? undefined : lines.get(flowId);
      if (line === undefined || flowId === null) return;
      line.going.delete(id);
      advance(line);
      tidy(flowId);
    },
    withdraw({ id, flowId }) {
      const line = flowId === null ? undefined : lines.get(flowId);
      const place = line?.waiting.findIndex((one) => one.id === id) ?? -1;
      if (line === undefined || place < 0) return false;
      line.waiting.splice(place, 1);
      advance(line);
      return true;
    },
    admitAgain: deps.admit,
    begin() {
      for (const line of lines.values()) advance(line);
    },
  };
}
