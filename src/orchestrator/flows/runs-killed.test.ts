/** The runner killed at any commit: every way in which a step may end, begin again, or not be executed at all. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FlowStep, StepPolicy } from '../../shared/model/flow.ts';
import type { Job } from '../../shared/model/job.ts';
import type { RunOptions } from '../../shared/model/run.ts';
import { runs, steps } from '../store/tables.ts';
import {
  type Answer,
  code,
  createWorld,
  dyingStore,
  ended,
  failure,
  flow,
  inputOf,
  isEnded,
  serviceOn,
  startIn,
  step,
  type World,
  waitUntil,
  wire,
} from './runs.harness.ts';

const withPolicy = (one: FlowStep, policy: StepPolicy): FlowStep => ({ ...one, policy });
const noWait = { firstMs: 0, factor: 1, maxMs: 0 };

/**
 * Words → Map[shout ─ error ─► sorry → first of both → check] → all (cached) → frail (has a default), last → Map[again] → Output:
 * an item fails into its error port, another for good, a step gives its default, another is found in the cache, one fails
 * the run until it is mended, and after that an item fails once more.
 */
const eventful = (onItemError: string) =>
  flow(
    [
      step('words', 'input', { name: 'Words', type: 'list<text>', value: ['a', 'b', 'c', 'd'] }),
      withPolicy(step('each', 'map', { concurrency: 2, onItemError }), { attempts: 2, backoff: noWait }),
      withPolicy(code('shout', 'each'), { onError: 'port' }),
      step('sorry', 'template', { text: 'no {{ item }}', inputs: [{ name: 'value' }] }, 'each'),
      step('either', 'merge', { mode: 'first' }, 'each'),
      code('check', 'each'),
      withPolicy(code('all'), { cache: true }),
      withPolicy(code('frail'), { onError: 'default', defaultOutputs: { result: 'instead' } }),
      code('last'),
      step('late', 'map', { concurrency: 2, onItemError: 'null' }),
      code('again', 'late'),
      step('pair', 'merge', { mode: 'object' }),
      step('out', 'output', { name: 'Result', view: 'json' }),
    ],
    [
      wire('words.value', 'each.items'),
      wire('each.item', 'shout.value'),
      wire('shout.error', 'sorry.value'),
      wire('shout.result', 'either.values'),
      wire('sorry.text', 'either.values'),
      wire('either.value', 'check.value'),
      wire('check.result', 'each.result'),
      wire('each.results', 'all.value'),
      wire('all.result', 'frail.value'),
      wire('all.result', 'last.value'),
      wire('frail.result', 'pair.values'),
      wire('last.result', 'late.items'),
      wire('late.item', 'again.value'),
      wire('again.result', 'late.result'),
      wire('late.results', 'pair.values'),
      wire('pair.value', 'out.value'),
    ],
  );

/** What jobs answer follows from their inputs alone, and from whether the cause of the failure has been removed. */
const answers =
  (mended: () => boolean) =>
  (job: Job): Answer => {
    const value = inputOf(job);
    switch (job.origin?.stepId) {
      case 'shout':
        return value === 'b' ? failure('b is not liked') : { result: String(value).toUpperCase() };
      case 'check':
        return value === 'C' ? failure('C is not right') : { result: value };
      case 'frail':
        return failure('frail');
      case 'again':
        return value === 'A' ? failure('not A again') : { result: value };
      case 'last':
        return mended() ? { result: value } : failure('not yet');
      default:
        return { result: value };
    }
  };

/** Everything that can be seen of a run afterwards, without times, numbers and ids. */
async function seen(world: World, runId: string) {
  const row = await world.store.get(runs, { id: runId });
  const rows = await world.store.list(steps, { where: { runId } });
  const all = {
    run: [row?.state, row?.outputs, row?.error, row?.progress],
    steps: rows
      .map(({ stepId, path, state, outputs, error, items, marks }) => [
        `${stepId}@${path}`,
        state,
        outputs,
        error,
        items,
        marks,
      ])
      .toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1)),
  };
  return JSON.parse(JSON.stringify(all).replaceAll(/run-[0-9A-Z]+/g, 'run')) as unknown;
}

interface Story {
  readonly world: World;
  readonly run: string;
  mended: boolean;
}

/** An earlier run fills the cache; then the run itself, from its first commit on, with whatever it is started from. */
async function begin(policy: string, options: (earlier: string) => RunOptions, dieAtOnce: boolean): Promise<Story> {
  const story = { mended: true };
  const world = createWorld(answers(() => story.mended));
  const first = serviceOn(world);
  const earlier = await ended(first, (await startIn(world, first, eventful(policy))).id);
  await first.stop();
  world.jobs.silence();
  world.executed.length = 0;
  story.mended = false;
  const born = serviceOn(world, dieAtOnce ? dyingStore(world.store, 2, false).store : world.store);
  const { id } = await startIn(world, born, eventful(policy), {}, options(earlier.run.id));
  if (!dieAtOnce) await ended(born, id);
  await born.stop();
  world.jobs.silence();
  return Object.assign(story, { world, run: id });
}

/** Goes on with the run under services that die, and at last one that does not; a run that failed is mended and resumed. */
async function surviveAll(story: Story, deaths: readonly (readonly [number, boolean])[]): Promise<void> {
  const { world, run } = story;
  for (const [dieAt, afterwards] of [...deaths, [Number.POSITIVE_INFINITY, false] as const]) {
    const dying = dyingStore(world.store, dieAt, afterwards);
    const service = serviceOn(world, dying.store);
    const state = async () => (await world.store.get(runs, { id: run }))?.state;
    await service.resumeAll().catch(() => undefined);
    await waitUntil(async () => dying.dead() || (await isEnded(world, run)));
    if ((await state()) === 'failed' && !dying.dead()) {
      story.mended = true;
      await service.resume(run).catch(() => undefined);
      await waitUntil(async () => dying.dead() || (await isEnded(world, run)));
    }
    await service.stop();
    world.jobs.silence();
  }
}

const kills = fc.array(fc.tuple(fc.integer({ min: 1, max: 14 }), fc.boolean()), { minLength: 1, maxLength: 5 });
const bases: Record<string, (earlier: string) => RunOptions> = {
  whole: () => ({}),
  'from a step': (runId) => ({ from: { runId, step: 'all' } }),
  'with pins': (runId) => ({
    from: { runId, step: 'last' },
    pinned: { check: { result: 'P' }, frail: { result: 'F' } },
  }),
  'pinned inside the Map': () => ({ pinned: { check: { result: 'P' } } }),
};

test.each(Object.keys(bases))(
  'F1, F2, F5, F6, F7: killed at any commit and resumed after a failure, a run %s ends as without kills, and nothing finished is done again',
  async (name) => {
    const options = bases[name] ?? (() => ({}));
    await fc.assert(
      fc.asyncProperty(kills, fc.constantFrom('leave_out', 'null'), async (deaths, policy) => {
        const calm = await begin(policy, options, false);
        await surviveAll(calm, []);
        const story = await begin(policy, options, true);
        await surviveAll(story, deaths);
        expect(await seen(story.world, story.run)).toEqual(await seen(calm.world, calm.run));
        expect(story.world.executed.toSorted()).toEqual(calm.world.executed.toSorted());
      }),
      { numRuns: 30 },
    );
  },
  60_000,
);
