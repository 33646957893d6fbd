/**
 * GPUs for a machine that has none: `lspci` and `nvidia-smi` on the PATH of what is started, which answer as the real ones do.
 * What reads them is the real worker.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface StandInGpus {
  /** For the environment of what is started. */
  readonly path: string;
  /** MiB in use on each from now on. */
  use(...usedMb: readonly number[]): void;
}

const cards = [
  { slot: '01:00.0', name: 'NVIDIA GeForce RTX 4090', memoryMb: 24_564 },
  { slot: '02:00.0', name: 'NVIDIA GeForce RTX 3060', memoryMb: 12_288 },
];

export function standInGpus(folder: string): StandInGpus {
  mkdirSync(folder, { recursive: true });
  const use = (...usedMb: readonly number[]) => writeFileSync(join(folder, 'smi.csv'), csvOf(usedMb));
  use(0, 0);
  script(folder, 'lspci', `cat '${join(folder, 'lspci.txt')}'`);
  script(folder, 'nvidia-smi', `cat '${join(folder, 'smi.csv')}'`);
  writeFileSync(join(folder, 'lspci.txt'), cards.map(lspciOf).join('\n'));
  return { path: `${folder}:${process.env['PATH'] ?? ''}`, use };
}

const script = (folder: string, name: string, command: string) =>
  writeFileSync(join(folder, name), `#!/bin/sh\n${command}\n`, { mode: 0o755 });

/** `lspci -vvv` of one card. */
const lspciOf = ({ slot, name }: (typeof cards)[number]) =>
  `${slot} VGA compatible controller: NVIDIA Corporation ${name.replace('NVIDIA ', '')} (rev a1)\n\tSubsystem: NVIDIA Corporation Device 1234\n`;

/** `nvidia-smi --query-gpu=… --format=csv,noheader,nounits`, with the fields that systeminformation asks for. */
const csvOf = (usedMb: readonly number[]) =>
  cards
    .map(({ slot, name, memoryMb }, index) => {
      const used = usedMb[index] ?? 0;
      const facts = ['570.00', '0x12341234', name, `00000000:${slot}`, 30, memoryMb, used, memoryMb - used];
      return [...facts, 0, 0, 40, '[N/A]', 20, 450, 210, 405].join(', ');
    })
    .join('\n');
