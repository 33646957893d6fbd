import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlowFile, flowSchemaId } from '../../model/flow.ts';
import { readCron } from '../cron.ts';
import { durationMs, longestWaitMs } from '../durations.ts';
import { stepType } from '../registry.ts';
import type { Config, HoldStep, Values } from '../step-type.ts';
import { StepFailure } from '../step-type.ts';
import { validateFlow } from '../validate.ts';

const now = Date.UTC(2027, 0, 15, 8);
const context = { stepId: 's', name: 'S', runInputs: {}, startedAt: now };

const holdType = (type: string): HoldStep => {
  const found = stepType(type);
  if (found?.executes !== 'hold') throw new Error(`${type} does not wait`);
  return found;
};
const inline = (type: string, inputs: Values, config: Config) => {
  const found = stepType(type);
  if (found?.executes !== 'inline') throw new Error(`${type} is not inline`);
  return found.run(context, inputs, { ...found.defaults, ...config });
};
const wrongIn = (type: string, config: Config): string[] => {
  const file: FlowFile = {
    schema: flowSchemaId,
    name: 'F',
    steps: [{ id: 'a', type, name: 'A', position: { x: 0, y: 0 }, config }],
    edges: [],
    groups: [],
    notes: [],
    settings: {},
  };
  return validateFlow(file).flatMap(({ code, field }) => (code === 'settings_wrong' ? [field ?? ''] : []));
};

describe('Wait', () => {
  const wait = holdType('wait');

  it('waits for a time, or until one, and passes its value on', () => {
    expect(wait.hold({ amount: 2, unit: 'hours' }, {}, context)).toEqual({ kind: 'wait', forMs: 7_200_000 });
    const until = { mode: 'until', until: '2027-03-01T09:00+01:00' };
    expect(wait.hold(until, {}, context)).toEqual({ kind: 'wait', until: Date.UTC(2027, 2, 1, 8) });
    expect(wait.release({ by: 'time' }, { value: [1] }, {})).toEqual({ value: [1] });
  });

  it('S10: refuses what is no time, and what is more than a year away', () => {
    expect(() => wait.hold({ mode: 'until', until: 'tomorrow' }, {}, context)).toThrow(StepFailure);
    expect(() => wait.hold({ mode: 'until', until: '2099-01-01T00:00Z' }, {}, context)).toThrow(StepFailure);
    expect(wrongIn('wait', { mode: 'until', until: '2027-13-45T00:00Z' })).toEqual(['until']);
    expect(wrongIn('wait', { mode: 'until', until: '2027-01-20T00:00Z' })).toEqual([]);
  });

  it('S10: no length of time is longer than a year, or negative', () => {
    fc.assert(
      fc.property(fc.double(), fc.constantFrom('seconds', 'minutes', 'hours', 'days', 'moons'), (amount, unit) => {
        const ms = durationMs(Number.isNaN(amount) ? 0 : amount, unit);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(longestWaitMs);
      }),
    );
  });
});

describe('Approval', () => {
  const approval = holdType('approval');

  it('F8: says what is asked, of whom, until when, and what happens then', () => {
    const config = { question: 'Pay?', who: 'people', people: ['usr-1'], amount: 1, unit: 'days', fallback: 'fail' };
    expect(approval.hold(config, { value: 7 }, context)).toEqual({
      kind: 'approval',
      question: 'Pay?',
      shown: 7,
      deciders: { userIds: ['usr-1'] },
      forMs: 86_400_000,
      fallback: 'fail',
    });
    expect(wrongIn('approval', { who: 'people', people: [] })).toEqual(['people']);
  });

  it('F8: one of its two ways is alive, with the value and the note', () => {
    const decision = { by: 'decision', approved: true, note: 'ok', decidedBy: 'Ana' } as const;
    expect(approval.release(decision, { value: 1 }, {})).toEqual({ approved: 1, note: 'ok' });
    expect(approval.release({ ...decision, approved: false }, {}, {})).toEqual({ rejected: null, note: 'ok' });
  });
});

describe('Switch', () => {
  const cases = [
    { name: 'low', is: 'less', value: 10 },
    { name: 'middle', is: 'less', value: '100' },
  ];

  it('goes the way of the first case that fits, else another', () => {
    const way = (value: unknown) => Object.keys(inline('switch', { value: { n: value } }, { field: 'n', cases }));
    expect([way(3), way(10), way(100)]).toEqual([['low'], ['middle'], ['otherwise']]);
  });

  it('exactly one way is alive, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const outputs = inline('switch', { value }, { cases });
        expect(Object.values(outputs)).toEqual([value]);
      }),
    );
  });

  it('every case has a name of its own', () => {
    expect(wrongIn('switch', { cases: [...cases, { name: 'low', is: 'empty' }] })).toEqual(['cases/2/name']);
    expect(wrongIn('switch', { cases: [{ name: 'otherwise', is: 'empty' }] })).toEqual(['cases/0/name']);
  });
});

describe('Sub-flow', () => {
  const subFlow = holdType('sub_flow');
  const config = {
    flowId: 'flow-1',
    inputs: [{ name: 'Topic' }, { name: 'size' }],
    outputs: [{ name: 'Result' }],
  };

  it('gives what is wired to the Inputs of the other flow, and takes its Outputs', () => {
    expect(subFlow.hold(config, { topic: 'bees' }, context)).toEqual({
      kind: 'flow',
      flowId: 'flow-1',
      inputs: { Topic: 'bees' },
    });
    expect(subFlow.release({ by: 'run', outputs: { Result: 1, other: 2 } }, {}, config)).toEqual({ result: 1 });
  });

  it('needs a flow, and ports that can be told apart', () => {
    expect(wrongIn('sub_flow', {})).toEqual(['flowId']);
    expect(wrongIn('sub_flow', { ...config, inputs: [{ name: 'Topic' }, { name: 'topic' }] })).toEqual([
      'inputs/1/name',
    ]);
  });
});

describe('Schedule', () => {
  it('comes at the times of its zone, also where clocks change', () => {
    const nine = readCron('0 9 * * *', 'Europe/Berlin');
    expect(nine?.after(Date.UTC(2027, 2, 27, 12))).toBe(Date.UTC(2027, 2, 28, 7));
    expect(nine?.after(Date.UTC(2027, 2, 26, 12))).toBe(Date.UTC(2027, 2, 27, 8));
    expect(nine?.upTo(Date.UTC(2027, 2, 27, 8))).toBe(Date.UTC(2027, 2, 27, 8));
    expect(nine?.upTo(Date.UTC(2027, 2, 27, 8) - 1)).toBe(Date.UTC(2027, 2, 26, 8));
  });

  it('says where its times cannot be read', () => {
    expect(wrongIn('schedule', { cron: '0 9 * *' })).toEqual(['cron']);
    expect(wrongIn('schedule', { cron: '2027-01-01T00:00:00 x x x x' })).toEqual(['cron']);
    expect(wrongIn('schedule', { cron: '0 25 * * *' })).toEqual(['cron']);
    expect(wrongIn('schedule', { zone: 'Mars/Olympus' })).toEqual(['zone']);
    expect(wrongIn('schedule', {})).toEqual([]);
  });

  it('S10: never throws on a text, and never gives a time that is not after the one before', () => {
    const part = fc.oneof(fc.constantFrom('*', '*/5', '0', '1-5', 'L', '?', 'MON', '60', '#'), fc.string());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 7 }), fc.date({ noInvalidDate: true }), (parts, date) => {
        const times = readCron(parts.join(' '), 'Europe/Berlin');
        const at = Math.abs(date.getTime()) % 4e12;
        const next = times?.after(at) ?? null;
        expect(next === null || next > at).toBe(true);
        const last = times?.upTo(at) ?? null;
        expect(last === null || last <= at).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('started by hand it gives the time of the start', () => {
    expect(inline('schedule', {}, {})).toEqual({ time: '2027-01-15T08:00:00.000Z' });
  });
});

describe('Webhook', () => {
  it('started by hand it gives its sample', () => {
    expect(inline('webhook', {}, { sample: '{"a":1}' })).toEqual({ body: { a: 1 }, headers: {}, query: {} });
    expect(() => inline('webhook', {}, { sample: '{' })).toThrow(StepFailure);
  });
});

it('what starts a run stands at the top of a flow', () => {
  const file: FlowFile = {
    schema: flowSchemaId,
    name: 'F',
    steps: [
      { id: 'm', type: 'map', name: 'M', position: { x: 0, y: 0 }, config: {} },
      { id: 'a', type: 'webhook', name: 'A', parent: 'm', position: { x: 0, y: 0 }, config: {} },
    ],
    edges: [],
    groups: [],
    notes: [],
    settings: {},
  };
  expect(validateFlow(file).map(({ code }) => code)).toContain('only_at_top');
});
