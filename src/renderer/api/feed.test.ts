import { QueryClient } from '@tanstack/react-query';
import { describe, expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Approval } from '../../shared/model/approval.ts';
import type { FlowSummary, RunDetail, RunSummary, StepInstance } from '../../shared/model/run.ts';
import type { LiveEvent } from '../../shared/protocol/live.ts';
import { createFeed } from './feed.ts';
import { keys } from './keys.ts';
import type { Follower, Live } from './live.ts';
import type { LiveState } from './live-state.ts';
import { earlier, holds, readPosition } from './position.ts';
import { createRecentEvents } from './recent-events.ts';
import { isInWindow, reduceFlows, reduceNodes, reducePending, reduceRun, reduceRuns, reduceWindow } from './reduce.ts';

const run = (number: number, more: Partial<RunSummary> = {}): RunSummary => ({
  id: `run-${number}`,
  workspaceId: 'ws-1',
  flowId: 'flow-1',
  flowName: 'Read',
  versionId: 'ver-1',
  number,
  state: 'running',
  startedBy: null,
  createdAt: number,
  finishedAt: null,
  progress: { total: 1, done: 0, failed: 0 },
  workers: {},
  weave: [],
  ...more,
});
const flow = (id: string, more: Partial<FlowSummary> = {}): FlowSummary => ({
  id,
  workspaceId: 'ws-1',
  name: id,
  steps: 1,
  version: null,
  picture: { boxes: [], lines: [] },
  lastRun: null,
  editing: [],
  sample: null,
  createdAt: 0,
  updatedAt: 0,
  ...more,
});

/** A live connection whose followers the test calls. */
function fakeLive() {
  const followers = new Map<string, Follower>();
  const live: Live = {
    state: createStore<LiveState>(() => ({ kind: 'live' })),
    follow: (topic, follower) => {
      followers.set(topic, follower);
      return () => followers.delete(topic);
    },
    retry: () => {},
    stop: () => {},
  };
  const say = (topic: string, seq: number, event: LiveEvent) =>
    followers.get(topic)?.onEvents([{ position: { epoch: 'e', seq }, event }]);
  return { live, followers, say };
}

describe('data.md live: what is shown is never older than what was already shown', () => {
  test('events that came while an answer was on its way are laid over it', () => {
    const { live, say } = fakeLive();
    const feed = createFeed(new QueryClient(), live);
    feed.followWorkspace('ws-1');
    say('workspace:ws-1', 8, { kind: 'flow.changed', flow: flow('flow-1', { name: 'New name' }) });
    const answer = { value: [flow('flow-1'), flow('flow-2')], position: 'e.7' };
    const shown = feed.read('ws-1', keys.flows('ws-1'), answer, (all, event) => [...reduceFlows(all, event, 'ws-1')]);
    expect(shown.map((one) => one.name)).toEqual(['New name', 'flow-2']);
  });

  test('an answer that already holds an event is left as it is', () => {
    const { live, say } = fakeLive();
    const feed = createFeed(new QueryClient(), live);
    feed.followWorkspace('ws-1');
    say('workspace:ws-1', 8, { kind: 'flow.removed', flowId: 'flow-1' });
    const answer = { value: [flow('flow-1')], position: 'e.9' };
    expect(
      feed.read('ws-1', keys.flows('ws-1'), answer, (all, event) => [...reduceFlows(all, event, 'ws-1')]),
    ).toHaveLength(1);
  });

  test('a topic is followed from the earliest answer that is shown', () => {
    const { live, followers } = fakeLive();
    const feed = createFeed(new QueryClient(), live);
    const keep = <Value>(value: Value) => value;
    feed.read('ws-1', keys.flows('ws-1'), { value: 1, position: 'e.12' }, keep);
    feed.read('ws-1', keys.nodes('ws-1'), { value: 1, position: 'e.7' }, keep);
    feed.followWorkspace('ws-1');
    expect(followers.get('workspace:ws-1')?.since()).toEqual({ epoch: 'e', seq: 7 });
  });

  test('an event changes every list that holds the thing', () => {
    const cache = new QueryClient();
    const { live, say } = fakeLive();
    createFeed(cache, live).followWorkspace('ws-1');
    cache.setQueryData(keys.flows('ws-1'), [flow('flow-1')]);
    cache.setQueryData(keys.runs('ws-1', {}), { pages: [{ items: [run(1)], next: null }], pageParams: [null] });
    cache.setQueryData(keys.runs('ws-1', { state: 'running' }), {
      pages: [{ items: [run(1)], next: null }],
      pageParams: [null],
    });
    say('workspace:ws-1', 1, { kind: 'run.changed', run: run(1, { state: 'succeeded', finishedAt: 9 }) });
    const list = (filter: object) =>
      cache.getQueryData<{ pages: { items: RunSummary[] }[] }>(keys.runs('ws-1', filter))?.pages[0]?.items;
    expect(list({})?.[0]?.state).toBe('succeeded');
    expect(list({ state: 'running' })).toEqual([]);
    expect(cache.getQueryData<FlowSummary[]>(keys.flows('ws-1'))?.[0]?.lastRun?.state).toBe('succeeded');
  });
});

describe('data.md live: what each event does', () => {
  test('a new run comes first, in order of age', () => {
    const runs = { pages: [{ items: [run(5), run(3)], next: null }] };
    const after = reduceRuns(runs, { kind: 'run.changed', run: run(4) }, 'ws-1', {});
    expect(after.pages[0]?.items.map((one) => one.number)).toEqual([5, 4, 3]);
    expect(reduceRuns(runs, { kind: 'run.changed', run: run(6, { workspaceId: 'ws-2' }) }, 'ws-1', {})).toBe(runs);
  });

  test('nothing crosses workspaces', () => {
    const other = flow('flow-9', { workspaceId: 'ws-2' });
    expect(reduceFlows([flow('flow-1')], { kind: 'flow.changed', flow: other }, 'ws-1')).toHaveLength(1);
  });

  test('an older run does not take the place of the last one', () => {
    const flows = [flow('flow-1', { lastRun: run(7) })];
    expect(reduceFlows(flows, { kind: 'run.changed', run: run(6) }, 'ws-1')[0]?.lastRun?.number).toBe(7);
  });

  test('a node that left the workspace leaves its list', () => {
    const node = { id: 'node-1', workspaces: [{ id: 'ws-1', name: 'One', state: 'serves' }] } as never;
    const gone = { id: 'node-1', workspaces: [] } as never;
    expect(reduceNodes([node], { kind: 'node.changed', node: gone }, 'ws-1')).toEqual([]);
  });

  test('steps at the top belong to the run, those inside a Map to the window of it that is shown', () => {
    const step = (stepId: string, path: string, state: StepInstance['state']): StepInstance => ({
      runId: 'run-1',
      stepId,
      path,
      state,
    });
    const event: LiveEvent = {
      kind: 'steps.changed',
      runId: 'run-1',
      steps: [step('each', '', 'running'), step('read', 'each[0]', 'succeeded'), step('read', 'each2[0]', 'failed')],
    };
    const detail = { run: run(1), steps: [step('each', '', 'ready')] } as unknown as RunDetail;
    expect(reduceRun(detail, event).steps.map((one) => [one.stepId, one.state])).toEqual([['each', 'running']]);
    const window = { under: 'each', mapPath: '', first: 0, items: 50 };
    expect(reduceWindow([step('read', 'each[0]', 'running')], event, 'run-1', window).map((one) => one.state)).toEqual([
      'succeeded',
    ]);
  });
});

describe('data.md live: windows of a Map', () => {
  const window = { under: 'each', mapPath: '', first: 100, items: 50 };
  test('hold only their own items, and nothing inside those', () => {
    const paths = ['each[99]', 'each[100]', 'each[149]', 'each[150]', 'each[100]/lines[3]', 'each2[120]', ''];
    expect(paths.filter((path) => isInWindow(path, window))).toEqual(['each[100]', 'each[149]']);
    const nested = { under: 'lines', mapPath: 'each[4]', first: 0, items: 2 };
    expect(['each[4]/lines[1]', 'each[4]/lines[2]', 'lines[1]'].filter((path) => isInWindow(path, nested))).toEqual([
      'each[4]/lines[1]',
    ]);
  });
  test('what is kept of news is bounded by the steps that they name', () => {
    const recent = createRecentEvents(100);
    const steps = Array.from({ length: 40 }, () => ({}) as StepInstance);
    for (let seq = 1; seq <= 50; seq += 1)
      recent.add({ position: { epoch: 'e', seq }, event: { kind: 'steps.changed', runId: 'run-1', steps } });
    expect(recent.after({ epoch: 'e', seq: 0 }).length).toBeLessThanOrEqual(6);
  });
  test('what waits for people comes and goes with the news', () => {
    const approval = (id: string, state: Approval['state']) => ({ id, state, workspaceId: 'ws-1' }) as Approval;
    const asked = reducePending([], { kind: 'approval.changed', approval: approval('a', 'pending') }, 'ws-1');
    expect(asked.map(({ id }) => id)).toEqual(['a']);
    const event: LiveEvent = { kind: 'approval.changed', approval: approval('a', 'approved') };
    expect(reducePending(asked, event, 'ws-1')).toEqual([]);
  });
});

describe('data.md live: positions', () => {
  test('are read from the header, and only from a well-formed one', () => {
    expect([
      readPosition('abc.12'),
      readPosition('a.b.3'),
      readPosition(null),
      readPosition('abc'),
      readPosition('abc.-1'),
      readPosition('.1'),
    ]).toEqual([{ epoch: 'abc', seq: 12 }, { epoch: 'a.b', seq: 3 }, null, null, null, null]);
  });

  test('of different epochs say nothing about each other', () => {
    expect(holds({ epoch: 'a', seq: 9 }, { epoch: 'b', seq: 1 })).toBe(false);
    expect(earlier({ epoch: 'a', seq: 1 }, { epoch: 'b', seq: 9 })).toEqual({ epoch: 'b', seq: 9 });
    expect(earlier({ epoch: 'a', seq: 5 }, { epoch: 'a', seq: 9 })).toEqual({ epoch: 'a', seq: 5 });
  });
});
