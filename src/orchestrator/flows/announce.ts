import type { RunSummary, StepInstance } from '../../shared/model/run.ts';
import type { LiveHub } from '../services.ts';
import type { Timers } from '../timers.ts';
import { keyOf } from './run-memory.ts';

/** Live news of runs, put together so that a Map over thousands of items does not flood its viewers. */
export interface Announcer {
  steps(run: { id: string; workspaceId: string }, instances: Iterable<StepInstance>): void;
  /** The summary is asked for when the news goes out. */
  run(run: { id: string; workspaceId: string }, summary: () => RunSummary): void;
  stop(): void;
}

interface News {
  readonly workspaceId: string;
  readonly steps: Map<string, StepInstance>;
  summary: (() => RunSummary) | null;
}

const everyMs = 100;
const mostSteps = 400;

export function createAnnouncer(live: LiveHub, timers: Timers): Announcer {
  const waiting = new Map<string, News>();
  let cancelTimer: (() => void) | null = null;

  const send = () => {
    cancelTimer = null;
    const news = [...waiting];
    waiting.clear();
    for (const [runId, { workspaceId, steps, summary }] of news) {
      const all = [...steps.values()];
      for (let at = 0; at < all.length; at += mostSteps) {
        live.publish(workspaceId, `run:${runId}`, {
          kind: 'steps.changed',
          runId,
          steps: all.slice(at, at + mostSteps),
        });
      }
      if (summary === null) continue;
      const run = summary();
      live.publish(workspaceId, `run:${runId}`, { kind: 'run.changed', run });
      live.publish(workspaceId, `workspace:${workspaceId}`, { kind: 'run.changed', run });
    }
  };
  const newsOf = ({ id, workspaceId }: { id: string; workspaceId: string }) => {
    const news: News = waiting.get(id) ?? { workspaceId, steps: new Map(), summary: null };
    waiting.set(id, news);
    cancelTimer ??= timers.after(everyMs, send);
    return news;
  };

  return {
    steps(run, instances) {
      const news = newsOf(run);
      for (const instance of instances) news.steps.set(keyOf(instance.stepId, instance.path), instance);
    },
    run(run, summary) {
      newsOf(run).summary = summary;
    },
    stop() {
      cancelTimer?.();
      cancelTimer = null;
    },
  };
}
