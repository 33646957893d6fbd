/** A disk that can be full: a small tmpfs of its own. Only root may mount one; elsewhere no run has this fault. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface Disk {
  readonly path: string;
  /** Writes until nothing more fits. */
  fill(): Promise<void>;
  free(): Promise<void>;
  remove(): void;
}

const megabytes = 48;

export function canMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

export function makeDisk(path: string): Disk {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  const filler = join(path, 'filler');
  return {
    path,
    async fill() {
      const file = await open(filler, 'w');
      try {
        for (const size of [1024 * 1024, 4_096]) await writeUntilFull(file, Buffer.alloc(size));
      } finally {
        await file.close();
      }
    },
    free: () => rm(filler, { force: true }),
    remove: () => void execFileSync('umount', ['-l', path]),
  };
}

async function writeUntilFull(file: Awaited<ReturnType<typeof open>>, piece: Buffer): Promise<void> {
  try {
    for (;;) await file.writeFile(piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
