/** Lengths of time as steps ask for them: a number and a unit. */
export const durationUnits = [
  { value: 'seconds', title: 'Seconds', ms: 1_000 },
  { value: 'minutes', title: 'Minutes', ms: 60_000 },
  { value: 'hours', title: 'Hours', ms: 3_600_000 },
  { value: 'days', title: 'Days', ms: 86_400_000 },
] as const;

/** Nothing waits longer than a year. */
export const longestWaitMs = 366 * 86_400_000;

/** Milliseconds, at most a year. */
export function durationMs(amount: number, unit: string): number {
  const { ms } = durationUnits.find(({ value }) => value === unit) ?? durationUnits[1];
  return Math.min(longestWaitMs, Math.max(0, Math.round(amount * ms)));
}

/** "1 hour", "90 seconds". */
export function durationWords(amount: number, unit: string): string {
  const name = durationUnits.find(({ value }) => value === unit)?.value ?? 'minutes';
  return `${amount} ${amount === 1 ? name.slice(0, -1) : name}`;
}
