import { readFileSync } from 'node:fs';

/**
 * The processors that jobs are bound to: as many of those this process may use as the owner shares cores, the last
 * ones, since the system tends to keep busy with the first. Undefined when all are shared. Pure.
 */
export function sharedProcessors(usable: readonly number[], cores: number): readonly number[] | undefined {
  const count = Math.max(1, Math.ceil(cores));
  return count >= usable.length ? undefined : usable.slice(-count);
}

/** The processors that this process may use, by number; empty where the platform does not tell. */
export function usableProcessors(): number[] {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '');
  } catch {
    return [];
  }
}

/** Reads a list in the kernel's form: `0-3,8`. */
export function parseCpuList(list: string): number[] {
  return list
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}
