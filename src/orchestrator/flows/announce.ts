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
  /** At the top level, and inside Maps: of those only the latest. */
  readonly steps: Map<string, StepInstance>;
  readonly inner: Map<string, StepInstance>;
  left: number;
  summary: (() => RunSummary) | null;
}

const everyMs = 100;
const mostSteps = 400;
/** Of what changes inside Maps so many are told at a time; whoever looks at others reads their window again. */
const mostInner = 200;

export function createAnnouncer(live: LiveHub, timers: Timers): Announcer {
  const waiting = new Map<string, News>();
  let cancelTimer: (() => void) | null = null;

  const send = () => {
    cancelTimer = null;
    const news = [...waiting];
    waiting.clear();
    for (const [runId, { workspaceId, steps, inner, left, summary }] of news) {
      const all = [...steps.values(), ...inner.values()];
      for (let at = 0; at < all.length; at += mostSteps) {
        const more = left > 0 && at + mostSteps >= all.length ? { more: left } : {};
        live.publish(workspaceId, `run:${runId}`, {
          kind: 'steps.changed',
          runId,
          steps: all.slice(at, at + mostSteps),
          ...more,
        });
      }
      if (summary === null) continue;
      const run = summary();
      live.publish(workspaceId, `run:${runId}`, { kind: 'run.changed', run });
      live.publish(workspaceId, `workspace:${workspaceId}`, { kind: 'run.changed', run });
    }
  };
  const newsOf = ({ id, workspaceId }: { id: string; workspaceId: string }) => {
    const news: News = waiting.get(id) ?? {
      workspaceId,
      steps: new Map(),
      inner: new Map(),
      left: 0,
      summary: null,
    };
    waiting.set(id, news);
    cancelTimer ??= timers.after(everyMs, send);
    return news;
  };

  return {
    steps(run, instances) {
      const news = newsOf(run);
      for (const instance of instances) note(news, instance);
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

/** The latest stay: what changed longest ago makes room. */
function note(news: News, instance: StepInstance): void {
  const key = keyOf(instance.stepId, instance.path);
  if (instance.path === '') {
    news.steps.set(key, instance);
    return;
  }
  news.inner.delete(key);
  news.inner.set(key, instance);
  const [oldest] = news.inner.keys();
  if (news.inner.size <= mostInner || oldest === undefined) return;
  news.inner.delete(oldest);
  news.left += 1;
}
