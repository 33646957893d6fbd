import { Type } from 'typebox';
import { durationMs, durationUnits, durationWords, longestWaitMs } from '../durations.ts';
import { defineHold, StepFailure } from '../step-type.ts';
import { hasTemplate } from '../template-parse.ts';

const modes = [
  { value: 'for', title: 'For some time' },
  { value: 'until', title: 'Until a time' },
];

const config = Type.Object({
  mode: Type.String({ title: 'Waits', widget: 'select', default: 'for', maxLength: 10, choices: modes }),
  amount: Type.Number({
    title: 'How long',
    widget: 'number',
    default: 5,
    minimum: 0,
    maximum: 1_000_000,
    when: { field: 'mode', is: ['for'] },
  }),
  unit: Type.String({
    title: 'Unit',
    widget: 'select',
    default: 'minutes',
    maxLength: 10,
    choices: durationUnits,
    when: { field: 'mode', is: ['for'] },
  }),
  until: Type.String({
    title: 'Until',
    description: 'Date and time with its zone, for example 2027-03-01T09:00+01:00; a time that is over is over at once',
    widget: 'text',
    templated: true,
    default: '',
    maxLength: 2_000,
    placeholder: '2027-03-01T09:00+01:00',
    when: { field: 'mode', is: ['until'] },
  }),
});

/** Passes its value on when the time has come; it costs nothing meanwhile, and goes on waiting after a restart (F8). */
export const wait = defineHold({
  type: 'wait',
  name: 'Wait',
  description: 'Goes on after some time, or at a time.',
  icon: 'timer',
  category: 'logic',
  config,
  defaults: { mode: 'for', amount: 5, unit: 'minutes', until: '' },
  inputs: [{ name: 'value', title: 'Value', type: 'any' }],
  outputs: (_config, wired) => [{ name: 'value', title: 'Value', type: wired('value') }],
  executes: 'hold',
  sideEffects: false,
  size: { width: 142 },
  describe: ({ mode, amount, unit, until }) =>
    mode === 'until' ? `Until ${until.trim() || '…'}` : durationWords(amount, unit),
  problems: ({ mode, until }) =>
    mode !== 'until' || hasTemplate(until) || readTime(until) !== null
      ? []
      : [{ field: 'until', message: 'This is no date and time; write it like 2027-03-01T09:00+01:00' }],
  hold({ mode, amount, unit, until }, _inputs, { startedAt }) {
    if (mode !== 'until') return { kind: 'wait', forMs: durationMs(amount, unit) };
    const time = readTime(until);
    if (time === null)
      throw new StepFailure('time_wrong', `"${until}" is no date and time.`, 'Write it like 2027-03-01T09:00+01:00.');
    if (time > startedAt + longestWaitMs)
      throw new StepFailure('time_too_far', `${until} is more than a year away.`, 'Use a Schedule instead.');
    return { kind: 'wait', until: Math.max(0, time) };
  },
  release: (_release, { value }) => ({ value: value ?? null }),
});

/** Milliseconds since the Unix epoch, from such a number or from a date with a zone; null for anything else. */
function readTime(text: string): number | null {
  const plain = text.trim();
  if (/^\d{10,14}$/.test(plain)) return Number(plain);
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2}))?$/.test(plain)) return null;
  const time = Date.parse(plain);
  return Number.isFinite(time) ? time : null;
}
