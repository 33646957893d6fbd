import { describe, expect, it } from 'vitest';
import { readTemplate, renderSecretText } from '../../shared/flows/template.ts';
import { settle, startHost } from '../core.harness.ts';
import { retryAfter } from '../providers/faults.ts';
import { readJson } from '../providers/json-answer.ts';
import { serverEvents } from '../providers/sse.ts';
import { createRoom } from './room.ts';

describe('room of the host', () => {
  const line = (key: string, ...ids: string[]) => ({
    key,
    need: { workspaceId: 'ws-1', kind: 'http', requires: { cores: 0, ramMb: 0 } },
    jobs: ids.map((id) => ({ id, priority: 0, createdAt: 1 })),
  });

  it('takes one of each line in turn, within what a kind and a lane may do at once', () => {
    const room = createRoom(new Map([['http', { atOnce: 3, atOncePerLane: 2 }]]));
    const queues = [line('a', 'a1', 'a2', 'a3'), line('b', 'b1')] as never;
    expect(room.choose(queues)).toEqual(['a1', 'b1', 'a2']);
    room.enter('http', 'a');
    room.enter('http', 'a');
    expect(room.choose(queues)).toEqual(['b1']);
    room.leave('http', 'a');
    expect(room.choose(queues)).toHaveLength(2);
  });
});

describe('what providers send', () => {
  const events = async (...pieces: string[]) => {
    const found: string[] = [];
    const bytes = (async function* () {
      for (const piece of pieces) yield Buffer.from(piece);
    })();
    for await (const { event, data } of serverEvents(bytes)) found.push(`${event}=${data}`);
    return found;
  };

  it('F9: events are read wherever their bytes are cut', async () => {
    const whole = ': hi\r\nevent: a\r\ndata: {"ü":1}\r\n\r\ndata: one\ndata: two\n\ndata:[DONE]';
    const bytes = Buffer.from(whole);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const stream = (async function* () {
        yield bytes.subarray(0, cut);
        yield bytes.subarray(cut);
      })();
      const found: string[] = [];
      for await (const { event, data } of serverEvents(stream)) found.push(`${event}=${data}`);
      expect(found).toEqual(['a={"ü":1}', '=one\ntwo', '=[DONE]']);
    }
    expect(await events('')).toEqual([]);
  });

  it('J4: Retry-After is seconds, a date, or milliseconds, and bounded', () => {
    const of = (headers: Record<string, string>) => retryAfter({ get: (name) => headers[name] ?? null }, 1_000_000);
    expect(of({ 'retry-after': '3' })).toBe(3_000);
    expect(of({ 'retry-after': new Date(1_005_000).toUTCString() })).toBe(5_000);
    expect(of({ 'retry-after-ms': '250' })).toBe(250);
    expect(of({ 'retry-after': '999999' })).toBe(15 * 60_000);
    expect(of({ 'retry-after': 'soon' })).toBeNull();
    expect(of({})).toBeNull();
  });

  it('F10: JSON is found in a fence and between words, and checked', () => {
    const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
    for (const text of ['{"a":1}', '```json\n{"a":1}\n```', 'Here: {"a":1}. Done'])
      expect(readJson(text, schema)).toEqual({ ok: true, value: { a: 1 } });
    expect(readJson('none', schema)).toMatchObject({ code: 'output_not_json' });
    expect(readJson('{"a":"1"}', schema)).toMatchObject({ code: 'schema_not_satisfied' });
  });

  it('S10: a schema whose expression or circle never ends does not hold the host up', () => {
    const endless = { type: 'string', pattern: '^(a+)+$' };
    expect(readJson(`"${'a'.repeat(60)}!"`, endless)).toMatchObject({ ok: true });
    expect(readJson('{}', { $ref: '#' })).toHaveProperty('ok');
  });
});

it('S5: in a template only the author names a secret; what flows through it is text', () => {
  const lookup = ([name]: readonly (string | number)[]) => (name === 'value' ? '{{ secrets.TOKEN }}' : undefined);
  expect(renderSecretText(readTemplate('Bearer {{ secrets.TOKEN }} {{ value }}'), lookup)).toEqual({
    $secretText: ['Bearer ', { secret: 'TOKEN' }, ' ', '{{ secrets.TOKEN }}'],
  });
  expect(renderSecretText(readTemplate('{{ value }}'), lookup)).toBe('{{ secrets.TOKEN }}');
  expect(() => renderSecretText(readTemplate('{{ secrets.TOKEN | upper }}'), lookup)).toThrow('without filters');
});

describe('the virtual node', () => {
  const origin = { runId: 'run-1', stepId: 'a', path: '' };
  const working = () => {
    const begun: { signal: AbortSignal; finish: (value: unknown) => void; fail: (error: Error) => void }[] = [];
    const executor = {
      kind: 'provider',
      atOnce: 2,
      atOncePerLane: 2,
      lane: () => null,
      execute: (_input: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise<unknown>((finish, fail) => {
          begun.push({ signal, finish, fail });
          signal.addEventListener('abort', () => fail(signal.reason as Error));
        }),
    };
    const none = async (): Promise<never> => {
      throw new Error('not asked for');
    };
    const world = { readFile: none, addFile: none, askedBy: async () => null, spent: async () => undefined };
    return { begun, hostWork: { executors: [executor], world } };
  };

  it('J2, J3: does jobs within its bounds, commits results once, and cancel aborts what is under way', async () => {
    const { begun, hostWork } = working();
    const host = await startHost(undefined, hostWork);
    const ids: string[] = [];
    for (let job = 0; job < 3; job += 1) ids.push(await host.submit({ kind: 'provider', origin }));
    await settle();
    expect(begun).toHaveLength(2);
    begun[0]?.finish({ text: 'done' });
    await settle();
    expect(await host.jobs.get(ids[0] ?? '')).toMatchObject({
      state: 'succeeded',
      nodeId: 'host',
      result: { text: 'done' },
    });
    expect(begun).toHaveLength(3);
    await host.jobs.cancel(ids[1] ?? '');
    expect(begun[1]?.signal.aborted).toBe(true);
    expect((await host.jobs.get(ids[1] ?? ''))?.state).toBe('cancelled');
    await host.kill();
  });

  it('J4: what the host worked on when it ended is tried again by its next start, what was finished is not', async () => {
    const first = working();
    const host = await startHost(undefined, first.hostWork);
    const done = await host.submit({ kind: 'provider', origin });
    const open = await host.submit({ kind: 'provider', origin });
    first.begun[0]?.finish('paid once');
    // An assignment is written down when it is a second old (J8).
    await host.pass(2_500);
    await host.kill();
    const second = working();
    const again = await startHost(host, second.hostWork);
    await again.pass(5_000);
    expect(second.begun).toHaveLength(1);
    expect((await again.jobs.get(done))?.result).toBe('paid once');
    second.begun[0]?.finish('second');
    await settle();
    const job = await again.jobs.get(open);
    expect(job?.attempts.map(({ outcome, error }) => error?.code ?? outcome)).toEqual(['host_restarted', 'succeeded']);
    await again.kill();
  });

  it('J2: is in no list, and its kinds cannot be submitted from outside', async () => {
    const { hostWork } = working();
    const host = await startHost(undefined, hostWork);
    await expect(host.submit({ kind: 'provider' })).rejects.toMatchObject({ code: 'job_kind_unknown' });
    expect(await host.nodes.list({})).toEqual([]);
    await host.kill();
  });
});
