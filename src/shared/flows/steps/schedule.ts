import { Type } from 'typebox';
import { isZone, readCron } from '../cron.ts';
import { defineInline } from '../step-type.ts';

const missedChoices = [
  { value: 'skip', title: 'They are left out' },
  { value: 'once', title: 'One run for all of them' },
];

const config = Type.Object({
  cron: Type.String({
    title: 'When',
    description: 'Minute, hour, day, month, weekday; with six parts the first is the second',
    widget: 'text',
    default: '0 9 * * 1-5',
    minLength: 1,
    maxLength: 120,
    placeholder: '0 9 * * 1-5',
  }),
  zone: Type.String({
    title: 'Time zone',
    widget: 'text',
    default: 'UTC',
    minLength: 1,
    maxLength: 60,
    placeholder: 'Europe/Berlin',
  }),
  missed: Type.String({
    title: 'Times missed while the host was off',
    widget: 'select',
    default: 'skip',
    maxLength: 10,
    choices: missedChoices,
  }),
});

/** Started by hand it gives the time of the start. In a run that another trigger started it is skipped. */
export const schedule = defineInline({
  type: 'schedule',
  name: 'Schedule',
  description: 'Runs the flow at certain times, while its triggers are switched on.',
  icon: 'calendar-clock',
  category: 'start',
  config,
  defaults: { cron: '0 9 * * 1-5', zone: 'UTC', missed: 'skip' },
  inputs: [],
  outputs: [{ name: 'time', title: 'Time', type: 'text', description: 'When it was due, as 2027-03-01T08:00:00.000Z' }],
  executes: 'inline',
  sideEffects: false,
  size: { width: 208 },
  trigger: 'schedule',
  describe: ({ cron, zone }) => `${cron} · ${zone}`,
  problems({ cron, zone }) {
    if (!isZone(zone))
      return [{ field: 'zone', message: `There is no time zone "${zone}"; write it like Europe/Berlin` }];
    const wrong = 'These are no times; write minute hour day month weekday, like 0 9 * * 1-5';
    return readCron(cron, zone) === null ? [{ field: 'cron', message: wrong }] : [];
  },
  run: ({ startedAt }) => scheduleOutputs(startedAt),
});

/** What the step gives in a run that was due at this time. */
export function scheduleOutputs(at: number): { time: string } {
  return { time: new Date(at).toISOString() };
}
