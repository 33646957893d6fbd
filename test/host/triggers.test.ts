/** Schedules, webhooks and approvals through a whole host. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import type { FlowTriggers } from '../../src/shared/model/trigger.ts';
import { addPerson, startTestHost, type TestHost } from './support.ts';

let host: TestHost;
let workspaceId: string;

beforeAll(async () => {
  host = await startTestHost();
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
});
afterAll(async () => {
  await host.stop();
  host.remove();
});

const flowOf = (
  steps: { id: string; type: string; config?: object }[],
  edges: [string, string][] = [],
  settings: FlowFile['settings'] = {},
): FlowFile => ({
  schema: 'otherthing.flow/1',
  name: 'Triggered',
  steps: steps.map(({ id, type, config }) => ({ id, type, name: id, position: { x: 0, y: 0 }, config: { ...config } })),
  edges: edges.map(([from, to]) => {
    const [[a = '', b = ''], [c = '', d = '']] = [from.split('.'), to.split('.')];
    return { id: `${from}>${to}`, from: { step: a, port: b }, to: { step: c, port: d } };
  }),
  groups: [],
  notes: [],
  settings,
});

const hooked = (config: object = {}) =>
  flowOf(
    [
      { id: 'hook', type: 'webhook', config },
      { id: 'out', type: 'output', config: { name: 'got', view: 'json' } },
    ],
    [['hook.body', 'out.value']],
  );

async function makeFlow(file: FlowFile): Promise<string> {
  return (await host.owner.call('createFlow', { params: { id: workspaceId }, body: { file } })).id;
}

async function switchOn(file: FlowFile): Promise<{ flowId: string; triggers: FlowTriggers; address: string }> {
  const flowId = await makeFlow(file);
  const triggers = await host.owner.call('setTriggers', { params: { id: flowId }, body: { enabled: true } });
  return { flowId, triggers, address: addressOf(triggers) };
}

function addressOf({ triggers }: FlowTriggers): string {
  const [hook] = triggers;
  return hook?.kind === 'webhook' && hook.path !== null ? host.url + hook.path : '';
}

const post = (url: string, body: BodyInit, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(url, { method: 'POST', body, headers });

async function runsOf(flowId: string) {
  return (await host.owner.call('listRuns', { params: { id: workspaceId }, query: { flowId, limit: 100 } })).items;
}

async function until<Value>(probe: () => Promise<Value | null>): Promise<Value> {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const value = await probe();
    if (value !== null) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('It did not come about');
}

describe('webhooks', () => {
  test('a call starts a run of the live version and is answered at once; the run says what started it', async () => {
    const { flowId, address, triggers } = await switchOn(hooked());
    expect(triggers).toMatchObject({ enabled: true, outdated: false, version: { number: 1 } });
    const response = await post(address, '{"n":7}');
    expect(response.status).toBe(202);
    const { runId } = (await response.json()) as { runId: string };
    const run = await until(async () => {
      const detail = await host.owner.call('getRun', { params: { id: runId } });
      return detail.run.state === 'succeeded' ? detail : null;
    });
    expect(run.outputs).toEqual({ got: { n: 7 } });
    expect(run.run).toMatchObject({ flowId, startedBy: 'hook', trigger: { kind: 'webhook', stepId: 'hook' } });
    expect((await host.owner.call('getTriggers', { params: { id: flowId } })).triggers[0]?.lastAt).not.toBeNull();
  });

  test('it can wait for the outputs, whatever kind of body comes', async () => {
    const { address } = await switchOn(hooked({ answer: 'outputs' }));
    const told = async (body: string, type: string) =>
      ((await (await post(address, body, { 'content-type': type })).json()) as { outputs: unknown }).outputs;
    expect(await told('[1,{"a":null}]', 'application/json; charset=utf-8')).toEqual({ got: [1, { a: null }] });
    expect(await told('a=1&b=x+y&a=2', 'application/x-www-form-urlencoded')).toEqual({
      got: { a: ['1', '2'], b: 'x y' },
    });
    expect(await told('hello', 'text/plain')).toEqual({ got: 'hello' });
    const large = { text: 'x'.repeat(200_000), $blob: '0'.repeat(64), size: 3 };
    expect(await told(JSON.stringify(large), 'application/json')).toEqual({ got: large });
  });

  test('S10: what is too large, too deep, no JSON or of another type is refused in words, and starts nothing', async () => {
    const { flowId, address } = await switchOn(hooked());
    const refused = async (body: BodyInit, type = 'application/json') => {
      const response = await post(address, body, { 'content-type': type });
      return [response.status, ((await response.json()) as { code: string }).code];
    };
    expect(await refused(`"${'x'.repeat(1024 * 1024)}"`)).toEqual([413, 'body_too_large']);
    expect(await refused('['.repeat(5_000) + ']'.repeat(5_000))).toEqual([400, 'bad_request']);
    expect(await refused('{"a":')).toEqual([400, 'malformed_json']);
    expect(await refused('<a/>', 'application/xml')).toEqual([415, 'unsupported_media_type']);
    expect(await runsOf(flowId)).toEqual([]);
  });

  test('S2: an unknown address, one that is switched off and another method get one answer, byte for byte', async () => {
    const { flowId, address } = await switchOn(hooked());
    const answer = async (url: string, method = 'POST') => {
      const response = await fetch(url, { method, ...(method === 'GET' ? {} : { body: '{}' }) });
      return [response.status, await response.text()];
    };
    const unknown = await answer(`${host.url}/api/v1/hooks/${'A'.repeat(43)}`);
    expect(await answer(address, 'PUT')).toEqual(unknown);
    await host.owner.call('setTriggers', { params: { id: flowId }, body: { enabled: false } });
    expect(await answer(address)).toEqual(unknown);
    const again = await host.owner.call('setTriggers', { params: { id: flowId }, body: { enabled: true } });
    expect(addressOf(again)).toBe(address);
    const fresh = await host.owner.call('setTriggers', {
      params: { id: flowId },
      body: { enabled: true, newAddress: true },
    });
    expect(await answer(address)).toEqual(unknown);
    expect((await post(addressOf(fresh), '{}')).status).toBe(202);
    await host.owner.call('deleteFlow', { params: { id: flowId } });
    expect(await answer(addressOf(fresh))).toEqual(unknown);
  });

  test('S9: where a secret is named, only calls that are signed with it come through', async () => {
    const { address } = await switchOn(hooked({ secret: 'HOOK', answer: 'outputs' }));
    const signed = (body: string, key: string) =>
      post(address, body, {
        'content-type': 'application/json',
        'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
      });
    expect((await signed('{}', 'sesame')).status).toBe(401); // There is no such secret yet.
    await host.owner.call('putSecret', { params: { id: workspaceId, name: 'HOOK' }, body: { value: 'sesame' } });
    expect((await signed('{"a":1}', 'sesame')).status).toBe(200);
    expect((await signed('{"a":1}', 'wrong')).status).toBe(401);
    expect((await post(address, '{"a":1}')).status).toBe(401);
  });

  test('S5: credentials of the caller never reach the run', async () => {
    const file = hooked({ answer: 'outputs' });
    file.edges = [{ id: 'e', from: { step: 'hook', port: 'headers' }, to: { step: 'out', port: 'value' } }];
    const { address } = await switchOn(file);
    const response = await post(address, '{}', {
      'content-type': 'application/json',
      authorization: 'Bearer canary',
      cookie: 'a=canary',
      'x-api-key': 'canary',
      'x-event': 'push',
    });
    const text = await response.text();
    expect(text).toContain('"x-event":"push"');
    expect(text).not.toContain('canary');
  });

  test('a viewer sees that it is live, and not where', async () => {
    const { flowId } = await switchOn(hooked());
    const viewer = await addPerson(host, host.owner, workspaceId, 'viewer', 'viewer');
    const seen = await viewer.client.call('getTriggers', { params: { id: flowId } });
    expect(seen).toMatchObject({ enabled: true, triggers: [{ kind: 'webhook', path: null }] });
  });

  test('later edits wait until it is switched on again', async () => {
    const { flowId, address } = await switchOn(hooked({ answer: 'outputs' }));
    const changed = hooked({ answer: 'outputs' });
    const out = changed.steps[1];
    if (out !== undefined) out.config = { name: 'other', view: 'json' };
    await host.owner.call('replaceFlowFile', { params: { id: flowId }, body: changed });
    expect(await host.owner.call('getTriggers', { params: { id: flowId } })).toMatchObject({ outdated: true });
    expect(await (await post(address, '1')).json()).toMatchObject({ outputs: { got: 1 } });
    await host.owner.call('setTriggers', { params: { id: flowId }, body: { enabled: true } });
    expect(await (await post(address, '1')).json()).toMatchObject({ outputs: { other: 1 } });
  });

  test('S10: no bytes of any kind break it', async () => {
    const { address } = await switchOn(hooked());
    const types = fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain',
      'application/vnd.x+json; charset=latin1',
      'multipart/form-data',
      ';;;',
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), types, async (bytes, type) => {
        const { status } = await post(address, new Uint8Array(bytes), { 'content-type': type });
        expect([202, 400, 415]).toContain(status);
      }),
      { numRuns: 60 },
    );
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 6 }), fc.webQueryParameters(), async (body, query) => {
        expect((await post(`${address}?${query}`, body)).status).toBe(202);
      }),
      { numRuns: 40 },
    );
  });

  test('a flow that takes one run at a time and refuses more says so to the caller, and to people', async () => {
    const busy = flowOf(
      [
        { id: 'hook', type: 'webhook' },
        { id: 'w', type: 'wait', config: { amount: 9 } },
      ],
      [['hook.body', 'w.value']],
      {
        maxRuns: 1,
        whenBusy: 'refuse',
      },
    );
    const { flowId, address } = await switchOn(busy);
    expect((await post(address, '{}')).status).toBe(202);
    const second = await post(address, '{}');
    expect([second.status, ((await second.json()) as { code: string }).code]).toEqual([429, 'flow_busy']);
    const { problem } = await host.owner.call('getTriggers', { params: { id: flowId } });
    expect(problem?.code).toBe('flow_busy');
    for (const run of await runsOf(flowId)) await host.owner.call('cancelRun', { params: { id: run.id } });
  });

  test('it is not switched on where it could not run', async () => {
    const set = async (file: FlowFile) =>
      host.owner
        .call('setTriggers', { params: { id: await makeFlow(file) }, body: { enabled: true } })
        .catch((error: { code?: string }) => error.code);
    expect(await set(flowOf([{ id: 'a', type: 'input', config: { name: 'a', type: 'text', value: 'x' } }]))).toBe(
      'no_triggers',
    );
    expect(await set(hooked({ method: 'DANCE', secret: '!' }))).toBe('flow_invalid');
    const needsValue = hooked();
    needsValue.steps.push({
      ...{ id: 'n', type: 'input', name: 'n', position: { x: 0, y: 0 } },
      config: { name: 'n', type: 'number', value: null },
    });
    expect(await set(needsValue)).toBe('run_input_missing');
  });
});

describe('schedules', () => {
  test('F2: every second starts one run, each for another second, also over a restart of the host', async () => {
    const file = flowOf(
      [
        { id: 'every', type: 'schedule', config: { cron: '* * * * * *' } },
        { id: 'out', type: 'output', config: { name: 'time', view: 'text' } },
      ],
      [['every.time', 'out.value']],
    );
    const { flowId, triggers } = await switchOn(file);
    expect(triggers.triggers[0]).toMatchObject({ kind: 'schedule', nextAt: expect.any(Number) });
    const atLeast = (count: number) =>
      until(async () => {
        const runs = await runsOf(flowId);
        return runs.length >= count && runs.every(({ state }) => state === 'succeeded') ? runs : null;
      });
    await atLeast(2);
    await host.stop();
    host = await host.again();
    const runs = await atLeast(4);
    await host.owner.call('setTriggers', { params: { id: flowId }, body: { enabled: false } });
    const times = runs.map(({ trigger }) => trigger?.at ?? 0);
    expect(new Set(times).size).toBe(times.length);
    expect(times.every((time) => time % 1_000 === 0)).toBe(true);
    const [last] = runs;
    const { outputs } = await host.owner.call('getRun', { params: { id: last?.id ?? '' } });
    expect(outputs).toEqual({ time: new Date(last?.trigger?.at ?? 0).toISOString() });
  });
});

describe('approvals', () => {
  const asking = (config: object = {}) =>
    flowOf(
      [
        { id: 'ask', type: 'approval', config: { question: 'Really?', ...config } },
        { id: 'yes', type: 'output', config: { name: 'yes', view: 'json' } },
        { id: 'no', type: 'output', config: { name: 'no', view: 'json' } },
      ],
      [
        ['ask.approved', 'yes.value'],
        ['ask.note', 'no.value'],
      ],
    );
  const ask = async (config: object = {}) => {
    const { id } = await host.owner.call('startRunOfFile', {
      params: { id: workspaceId },
      body: { file: asking(config) },
    });
    return until(async () => {
      const { items } = await host.owner.call('listApprovals', {
        params: { id: workspaceId },
        query: { state: 'pending' },
      });
      return items.find(({ runId }) => runId === id) ?? null;
    });
  };
  const finished = (runId: string) =>
    until(async () => {
      const detail = await host.owner.call('getRun', { params: { id: runId } });
      return detail.run.state === 'running' ? null : detail;
    });

  test('F8: it survives a restart of the host, is decided once, and the run goes on', async () => {
    const asked = await ask();
    await host.stop();
    host = await host.again();
    const { pending } = await host.owner.call('countApprovals', { params: { id: workspaceId } });
    expect(pending).toBeGreaterThan(0);
    const decide = (decision: 'approve' | 'reject', note = 'fine') =>
      host.owner.call('decideApproval', { params: { id: asked.id }, body: { decision, note } });
    expect(await decide('approve')).toMatchObject({ state: 'approved', note: 'fine', decidedBy: 'ana' });
    expect(await decide('approve')).toMatchObject({ state: 'approved' });
    await expect(decide('reject')).rejects.toMatchObject({ code: 'approval_decided' });
    expect((await finished(asked.runId)).outputs).toEqual({ yes: null, no: 'fine' });
  });

  test('F8: only whom the step asks may decide', async () => {
    const member = await addPerson(host, host.owner, workspaceId, 'mia', 'member');
    const asked = await ask({ who: 'admin' });
    const decide = { params: { id: asked.id }, body: { decision: 'approve' } } as const;
    await expect(member.client.call('decideApproval', decide)).rejects.toMatchObject({ code: 'forbidden' });
    const chosen = await ask({ who: 'people', people: [member.userId] });
    const own = { params: { id: chosen.id }, body: { decision: 'reject' } } as const;
    await expect(host.owner.call('decideApproval', own)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await member.client.call('decideApproval', own)).toMatchObject({ state: 'rejected', decidedBy: 'mia' });
    await host.owner.call('cancelRun', { params: { id: asked.runId } });
    const gone = await host.owner.call('getApproval', { params: { id: asked.id } });
    expect(gone.state).toBe('withdrawn');
  });

  test('F8: at the deadline the fallback decides', async () => {
    const asked = await ask({ amount: 0.05, unit: 'seconds', fallback: 'fail' }).catch(() => null);
    const { items } = await host.owner.call('listApprovals', { params: { id: workspaceId } });
    const [latest] = items;
    expect((await finished(asked?.runId ?? latest?.runId ?? '')).run).toMatchObject({
      state: 'failed',
      error: { code: 'approval_expired' },
    });
  });
});
