/** How figures are written: tabular, with a thin space before units and %. */
const thin = '\u2009';
const whole = new Intl.NumberFormat('en');
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export const formatCount = (count: number): string => whole.format(count);

/** "1 node", "3 nodes". */
export const formatPlural = (count: number, one: string, many = `${one}s`): string =>
  `${whole.format(count)} ${count === 1 ? one : many}`;

/** A share, 0–1, as "34 %". */
export const formatShare = (share: number): string => `${Math.round(share * 100)}${thin}%`;

/** Milliseconds as a person says them: "80 ms", "3.2 s", "2 min 41 s", "3 h 29 min", "2 days". */
export function formatDuration(ms: number): string {
  if (ms < 100) return `${Math.max(0, Math.round(ms))}${thin}ms`;
  if (ms < 59_950) return `${tenths.format(ms < 9_950 ? ms / 1000 : Math.round(ms / 100) / 10)}${thin}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  return `${Math.round(minutes / 1440)} days`;
}

/** An estimate is said as one: "about 40 s", in steps a person would use. */
export function formatAbout(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return 'about 10 s';
  if (seconds < 60) return `about ${Math.round(seconds / 10) * 10} s`.replace('about 60 s', 'about 1 min');
  return `about ${formatDuration(Math.round(seconds / 60) * 60_000)}`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${thin}${largeUnit}` : `${large}${thin}${largeUnit} ${small}${thin}${smallUnit}`;
}

const steps = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes in decimal units: "214 kB", "9.1 GB". */
export function formatBytes(bytes: number): string {
  let amount = Math.max(0, bytes);
  let step = 0;
  while (amount >= 999.5 && step < steps.length - 1) {
    amount /= 1000;
    step += 1;
  }
  return `${tenths.format(amount >= 10 ? Math.round(amount) : amount)}${thin}${steps[step]}`;
}

/** Memory that was measured in MiB, in the GB that people know from the box: 65,536 → "64 GB". */
export const formatMemory = (mebibytes: number): string =>
  mebibytes < 1024 ? `${Math.round(mebibytes)}${thin}MB` : `${formatGigabytes(mebibytes / 1024)}${thin}GB`;

/** The figure of GB alone, for "9.1 of 24 GB". */
export const formatGigabytes = (gigabytes: number): string =>
  tenths.format(gigabytes >= 10 ? Math.round(gigabytes) : gigabytes);

/** Gigabytes of a drive, in TB from 1,000 on. */
export const formatDriveSize = (gigabytes: number): string =>
  gigabytes >= 1000
    ? `${new Intl.NumberFormat('en', { maximumFractionDigits: 2 }).format(gigabytes / 1000)}${thin}TB`
    : `${whole.format(Math.round(gigabytes))}${thin}GB`;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const dayAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
const exact = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** "12 March" */
export const formatDay = (at: number): string => day.format(at);
/** "12 March 2026, 14:03:12" */
export const formatExactTime = (at: number): string => exact.format(at).replace(' at ', ', ');
/** "14:03" */
export const formatClock = (at: number): string => clock.format(at);

/** How long ago, in words: "now", "6 min ago", "2 h ago", "yesterday, 02:00", "9 March". */
export function formatAgo(at: number, now: number): string {
  const passed = now - at;
  if (passed < 10_000) return 'now';
  if (passed < 60_000) return `${Math.round(passed / 1000)}${thin}s ago`;
  if (passed < 3_600_000) return `${Math.round(passed / 60_000)}${thin}min ago`;
  const days = wholeDays(at, now);
  if (days === 0) return `${Math.round(passed / 3_600_000)}${thin}h ago`;
  if (days === 1) return `yesterday, ${clock.format(at)}`;
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? day.format(at) : dayAndYear.format(at);
}

/** Milliseconds until the words of `formatAgo` may change. */
export function untilNextWord(at: number, now: number): number {
  const passed = now - at;
  if (passed < 10_000) return Math.max(1000, 10_000 - passed);
  if (passed < 60_000) return 5000;
  return 60_000;
}

function wholeDays(at: number, now: number): number {
  const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / 86_400_000);
}

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });

/** A time to come, as people say it: "today at 14:00", "tomorrow at 09:00", "Saturday at 14:00", "9 March at 14:00". */
export function formatWhen(at: number, now: number): string {
  const days = wholeDays(now, at);
  const time = clock.format(at);
  if (days === 0) return `today at ${time}`;
  if (days === 1) return `tomorrow at ${time}`;
  if (days > 1 && days < 7) return `${weekday.format(at)} at ${time}`;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return `${(sameYear ? day : dayAndYear).format(at)} at ${time}`;
}

/** An expected wait, or null where nobody can say: "About 40 s". */
export function formatExpected(seconds: number | null): string | null {
  if (seconds === null) return null;
  return seconds === 0 ? 'Now' : `A${formatAbout(seconds * 1000).slice(1)}`;
}
