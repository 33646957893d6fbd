import { expect, test } from 'vitest';
import type { LiveEvent } from '../../shared/protocol/live.ts';
import { createLiveHub, type HubEvent, ringBytes, ringSize } from './hub.ts';

const removed = (nodeId: string): LiveEvent => ({ kind: 'node.removed', nodeId });
const seqs = (events: readonly HubEvent[]) => events.map(({ position }) => position.seq);

test('Live: events of a workspace carry one rising sequence, and reach who listens to their topic', () => {
  const hub = createLiveHub('e1');
  const heard: HubEvent[] = [];
  const { stop, status } = hub.subscribe('ws-1', 'workspace:ws-1', undefined, (event) => heard.push(event));
  hub.publish('ws-1', 'workspace:ws-1', removed('a'));
  hub.publish('ws-1', 'run:run-1', removed('b'));
  hub.publish('ws-2', 'workspace:ws-2', removed('c'));
  hub.publish('ws-1', 'workspace:ws-1', removed('d'));
  stop();
  hub.publish('ws-1', 'workspace:ws-1', removed('e'));
  expect([status, seqs(heard)]).toEqual(['subscribed', [1, 3]]);
  expect([hub.position('ws-1'), hub.position('ws-2'), hub.position('ws-3')]).toEqual([
    { epoch: 'e1', seq: 4 },
    { epoch: 'e1', seq: 1 },
    { epoch: 'e1', seq: 0 },
  ]);
});

test('Live: who comes back is told what it missed; a gap or another epoch means refetch', () => {
  const hub = createLiveHub('e2');
  for (let index = 1; index <= 2 * ringSize + 10; index += 1) {
    hub.publish('ws-1', index % 2 === 0 ? 'run:run-1' : 'workspace:ws-1', removed('a'));
  }
  const back = (epoch: string, seq: number) => hub.subscribe('ws-1', 'run:run-1', { epoch, seq }, () => undefined);
  const last = 2 * ringSize + 10;
  expect(seqs(back('e2', last - 4).missed)).toEqual([last - 2, last]);
  expect(seqs(back('e2', last).missed)).toEqual([]);
  expect([back('e2', 1).status, back('e1', last).status, back('e2', last + 1).status]).toEqual([
    'refetch',
    'refetch',
    'refetch',
  ]);
});

test('S10: what is kept for those who come back is bounded in bytes too; the rest means refetch', () => {
  const hub = createLiveHub('e4');
  const large = 'x'.repeat(ringBytes / 8);
  for (let index = 1; index <= 100; index += 1) hub.publish('ws-1', 'workspace:ws-1', removed(large));
  const back = (seq: number) => hub.subscribe('ws-1', 'workspace:ws-1', { epoch: 'e4', seq }, () => undefined);
  expect(back(90).status).toBe('refetch');
  expect(seqs(back(97).missed)).toEqual([98, 99, 100]);
  const held = Array.from({ length: 100 }, (_, seq) => back(seq)).find(({ status }) => status === 'subscribed');
  expect(held?.missed.length ?? 99).toBeLessThanOrEqual(8);
  const tooLarge = 'x'.repeat(2 * ringBytes);
  hub.publish('ws-1', 'workspace:ws-1', removed(tooLarge));
  expect([back(100).status, back(101).status]).toEqual(['refetch', 'subscribed']);
  hub.publish('ws-1', 'workspace:ws-1', removed('small'));
  expect(seqs(back(101).missed)).toEqual([102]);
});

test('Live: streams of jobs leave the sequence alone', () => {
  const hub = createLiveHub('e3');
  const heard: HubEvent[] = [];
  hub.publish('ws-1', 'job:job-1', { kind: 'job.changed', jobId: 'job-1', state: 'running' });
  const { stop } = hub.subscribe('ws-1', 'job:job-1', undefined, (event) => heard.push(event));
  expect(hub.hears('job:job-1')).toBe(true);
  hub.publish('ws-1', 'job:job-1', { kind: 'job.changed', jobId: 'job-1', state: 'succeeded' });
  stop();
  expect([hub.hears('job:job-1'), heard.length, hub.position('ws-1').seq]).toEqual([false, 1, 0]);
});
