import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findChromium } from '../../test/support/chromium.ts';

/** Something the tests need that npm does not bring. */
export interface Prerequisite {
  what: string;
  debian: string[];
  present(): boolean;
}

export const prerequisites: readonly Prerequisite[] = [
  { what: 'Chromium', debian: ['chromium'], present: () => findChromium() !== undefined },
  {
    what: 'fonts',
    debian: ['fonts-liberation', 'fonts-dejavu-core'],
    present: () => process.platform !== 'linux' || globSync('/usr/share/fonts/**/*.{ttf,otf}').length > 0,
  },
  // Packages of Linux are made and opened in a test.
  { what: 'zip', debian: ['zip'], present: () => isOnPath('zip') },
  {
    what: 'mksquashfs',
    debian: ['squashfs-tools'],
    present: () => process.platform !== 'linux' || isOnPath('mksquashfs'),
  },
];

/**
 * Makes sure of what the tests need. On Debian, as root, what is missing is installed; elsewhere the answer is what to
 * install, in words. Answers null when everything is there.
 */
export function ensurePrerequisites(say: (line: string) => void): string | null {
  const missing = prerequisites.filter((one) => !one.present());
  if (missing.length === 0) return null;
  const packages = missing.flatMap(({ debian }) => debian);
  if (canInstall()) {
    say(`Installing ${packages.join(' ')} …`);
    apt(['update', '-q']);
    apt(['install', '-y', '-q', '--no-install-recommends', ...packages]);
  }
  return describeMissing(prerequisites.filter((one) => !one.present()));
}

/** What a person has to do, or null when nothing is missing. */
export function describeMissing(missing: readonly Prerequisite[]): string | null {
  if (missing.length === 0) return null;
  const names = missing.map(({ what }) => what).join(' and ');
  const packages = missing.flatMap(({ debian }) => debian).join(' ');
  return [
    `The tests need ${names}, which this machine lacks.`,
    `On Debian or Ubuntu: sudo apt-get install ${packages}`,
    'Elsewhere: install the same; name the path of a Chromium or Chrome in OTHERTHING_CHROMIUM.',
  ].join('\n');
}

/** Also where a PATH without the administrator's folders would not find it. */
function isOnPath(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.some((folder) => existsSync(join(folder, program)));
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

function apt(args: string[]): void {
  spawnSync('apt-get', args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}
