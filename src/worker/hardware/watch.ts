/** Notices that the machine has changed: a GPU came or went, a drive was plugged in, filled or emptied, memory was given. */
import type { Capabilities } from '../../shared/model/node.ts';

/** How full GPUs are changes faster than anything else that is looked at. */
const lookEvery = 60_000;
/** Share of a drive by which its free space must change to be worth telling. */
const worthTelling = 0.05;

/** Looks again every minute; `tell` gets what is new. Returns how to stop. */
export function watchHardware(
  known: () => Capabilities,
  detect: () => Promise<Capabilities>,
  tell: (found: Capabilities) => void,
  every = lookEvery,
): () => void {
  let looking = false;
  let stopped = false;
  const look = async () => {
    looking = true;
    try {
      const found = await detect();
      if (!stopped && isOther(known(), found)) tell(found);
    } finally {
      looking = false;
    }
  };
  // What cannot be read now is read the next time.
  const timer = setInterval(() => void (looking ? undefined : look().catch(() => undefined)), every);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

/** Whether two looks at the machine differ in something that decides what it can take. Pure. */
export function isOther(before: Capabilities, after: Capabilities): boolean {
  return (
    before.cpu?.cores !== after.cpu?.cores ||
    before.memory?.total_mb !== after.memory?.total_mb ||
    gpusOf(before) !== gpusOf(after) ||
    drivesDiffer(before, after)
  );
}

/** Memory that others use is told in steps of 256 MiB. */
const gpusOf = ({ gpus = [] }: Capabilities) =>
  JSON.stringify(gpus.map(({ id, memory_mb, other_mb = 0 }) => [id, memory_mb, Math.ceil(other_mb / 256)]));

function drivesDiffer({ drives: before = [] }: Capabilities, { drives: after = [] }: Capabilities): boolean {
  if (before.length !== after.length) return true;
  const byMount = new Map(before.map((drive) => [drive.mount, drive]));
  return after.some(({ mount, total_gb, free_gb }) => {
    const known = byMount.get(mount);
    if (known === undefined || known.total_gb !== total_gb) return true;
    return Math.abs(known.free_gb - free_gb) > worthTelling * total_gb;
  });
}
