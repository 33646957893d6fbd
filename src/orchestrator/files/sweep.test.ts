import { createHash } from 'node:crypto';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMemoryStore } from '../store/memory.ts';
import { jobRow } from '../store/store.contract.ts';
import { patch, put, remove, type Store } from '../store/store.ts';
import { blobNames, files as fileTable, jobs, runs, steps } from '../store/tables.ts';
import { type BlobFolder, openBlobStore } from './blobs.ts';
import { contentOf } from './files.ts';
import { createSweep, spared } from './sweep.ts';

let folder: string;
let blobs: BlobFolder;
let counter = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-sweep-'));
  blobs = await openBlobStore(folder, () => `part-${counter++}`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const texts = ['one', 'two', 'three', 'four'];
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const ref = (text: string) => ({ $blob: hashOf(text), size: text.length });
const add = (text: string) => blobs.put(contentOf(new TextEncoder().encode(text)), { maxBytes: 100 });
/** Lets the file look as if it had been put so long ago. */
const age = (text: string, before: number) => {
  const then = new Date(Date.now() - before);
  return utimes(blobs.pathOf(hashOf(text)), then, then).catch(() => undefined);
};
const signal = () => new AbortController().signal;
const sweepOf = (store: Store, mayRemove = true) =>
  createSweep({ store, blobs, clock: { now: () => Date.now() }, mayRemove: async () => mayRemove });

const runRow = (id: string) => ({
  ...{ id, workspaceId: 'ws-1', flowId: null, flowName: 'f', versionId: 'v', number: 1, state: 'succeeded' as const },
  ...{ startedBy: null, inputs: {}, outputs: null, error: null, progress: { total: 0, done: 0, failed: 0 } },
  ...{ weave: [], workers: {}, trigger: null, parent: null, createdAt: 1, finishedAt: 2 },
});
const stepRow = (runId: string, outputs: unknown) => ({
  ...{ runId, stepId: 's', path: '', under: '', state: 'succeeded' as const, outputs, error: null, jobId: null },
  ...{ nodeId: null, items: null, summary: null, attempts: 1, readyAt: 1, startedAt: 1, finishedAt: 2, seq: 1 },
});
const fileRow = (id: string, text: string) => ({
  ...{ id, workspaceId: 'ws-1', name: id, mime: 'text/plain', size: text.length, sha256: hashOf(text), createdAt: 1 },
});

/** What happens to rows and blobs; `holder` is one of three, so that operations meet. */
type Operation =
  | { do: 'put' | 'age' | 'sweep' | 'restart'; text: string; holder: number }
  | {
      do: 'job' | 'result' | 'step' | 'file' | 'inputs' | 'removeJob' | 'removeRun' | 'removeFile';
      text: string;
      holder: number;
    };

const operation: fc.Arbitrary<Operation> = fc.record({
  do: fc.constantFrom<Operation['do']>(
    ...(['put', 'put', 'age', 'age', 'sweep', 'sweep', 'restart', 'job', 'result', 'step', 'file', 'inputs'] as const),
    ...(['removeJob', 'removeRun', 'removeFile'] as const),
  ),
  text: fc.constantFrom(...texts),
  holder: fc.nat({ max: 2 }),
});

test('data.md: whatever happens in whatever order, the sweep keeps what is named and, in the end, nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
      for (const text of texts) await blobs.remove(hashOf(text));
      const store = createMemoryStore();
      let sweep = sweepOf(store);
      /** Which texts each row names; written down here beside the store. */
      const named = new Map<string, Set<string>>();
      const young = new Set<string>();
      let generation = 0;
      const name = (row: string, text: string, anew: boolean) => {
        named.set(row, new Set([...(anew ? [] : (named.get(row) ?? [])), text]));
      };
      const isNamed = (text: string) => [...named.values()].some((some) => some.has(text));
      const forget = (row: string) => named.delete(row);
      for (const { do: what, text, holder } of operations) {
        // No id is given twice.
        const [job, run, file] = ['job', 'run', 'file'].map((kind) => `${kind}-${holder}.${generation}`) as [
          string,
          string,
          string,
        ];
        if (what.startsWith('remove')) generation += 1;
        // Whoever names content has put it before.
        if (['put', 'job', 'result', 'step', 'file', 'inputs'].includes(what)) {
          await add(text);
          young.add(text);
        }
        if (what === 'age' && (await age(text, 2 * spared)) === undefined) young.delete(text);
        if (what === 'restart') sweep = sweepOf(store);
        if (what === 'job') {
          await store.commit([put(jobs, jobRow(job, { input: ref(text) }))]);
          name(job, text, false);
        }
        if (what === 'result' && (await store.get(jobs, { id: job })) !== null) {
          await store.commit([patch(jobs, { id: job }, { result: ref(text) })]);
          name(job, text, false);
        }
        if (what === 'step') {
          await store.commit([put(runs, runRow(run)), put(steps, stepRow(run, { out: [ref(text)] }))]);
          name(run, text, false);
        }
        if (what === 'inputs') {
          await store.commit([put(runs, { ...runRow(run), inputs: { big: ref(text) } })]);
          name(run, text, false);
        }
        if (what === 'file') {
          await store.commit([put(fileTable, fileRow(file, text))]);
          name(file, text, true);
        }
        if (what === 'removeJob') await store.commit([remove(jobs, { id: job })]).then(() => forget(job));
        if (what === 'removeRun')
          await store.commit([remove(steps, { runId: run }), remove(runs, { id: run })]).then(() => forget(run));
        if (what === 'removeFile') await store.commit([remove(fileTable, { id: file })]).then(() => forget(file));
        if (what === 'sweep') await sweep.pass(signal());
        for (const one of texts) {
          if (isNamed(one) || young.has(one)) expect(await blobs.size(hashOf(one)), one).not.toBeNull();
        }
      }
      for (const text of texts) await age(text, 2 * spared);
      for (let pass = 0; pass < 2; pass += 1) await sweep.pass(signal());
      for (const text of texts) expect((await blobs.size(hashOf(text))) !== null, text).toBe(isNamed(text));
      const dead = (await store.list(blobNames, {})).filter(
        ({ holder }) => !named.has(holder.slice(holder.indexOf(':') + 1)),
      );
      expect(dead).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('data.md: content goes only in the second pass that finds it unnamed, and stays where it is put again meanwhile', async () => {
  const store = createMemoryStore();
  const sweep = sweepOf(store);
  for (const text of ['one', 'two']) await add(text).then(() => age(text, 2 * spared));
  expect(await sweep.pass(signal())).toEqual({ blobs: 2, removed: 0, freedBytes: 0 });
  await add('two');
  expect(await sweep.pass(signal())).toEqual({ blobs: 2, removed: 1, freedBytes: 3 });
  expect([await blobs.size(hashOf('one')), await blobs.size(hashOf('two'))]).toEqual([null, 3]);
  // However the clock jumps: what was put in this hour is not unnamed in two passes.
  await age('two', 2 * spared);
  const restarted = sweepOf(store);
  expect((await restarted.pass(signal())).removed).toBe(0);
});

test('data.md: beside a damaged database nothing is removed; bytes are counted by workspace', async () => {
  const store = createMemoryStore();
  await add('one').then(() => age('one', 2 * spared));
  await add('three');
  await store.commit([put(jobs, jobRow('job-1', { input: ref('three'), result: ref('three') }))]);
  const sweep = sweepOf(store, false);
  expect(sweep.largeValueBytes('ws-1')).toBeNull();
  for (let pass = 0; pass < 3; pass += 1) expect((await sweep.pass(signal())).removed).toBe(0);
  expect([sweep.largeValueBytes('ws-1'), sweep.largeValueBytes('ws-2')]).toEqual([5, 0]);
});

test('a sweep holds still while a backup copies, and ends between two buckets when it is told to', async () => {
  const store = createMemoryStore();
  const sweep = sweepOf(store);
  await add('one').then(() => age('one', 2 * spared));
  await sweep.pass(signal());
  const copying = Promise.withResolvers<void>();
  const held = sweep.holdStill(() => copying.promise);
  const pass = sweep.pass(signal());
  await new Promise(setImmediate);
  expect(await blobs.size(hashOf('one'))).toBe(3);
  copying.resolve();
  await held;
  expect((await pass).removed).toBe(1);
  const stopped = new AbortController();
  stopped.abort();
  expect(await sweep.pass(stopped.signal)).toEqual({ blobs: 0, removed: 0, freedBytes: 0 });
});
