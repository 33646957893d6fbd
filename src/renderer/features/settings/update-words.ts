import type { UpdateObstacle, Updates } from '../../../shared/model/updates.ts';
import { formatBytes } from '../../ui/numbers.ts';

const obstacles: Record<UpdateObstacle, string> = {
  checkout: 'This app runs from a checkout: update it with git.',
  'no-source': 'This package was made without a place to take updates from. Install a newer one by hand.',
  deb: 'This app was installed as a Debian package: download the newer .deb and install it with "sudo apt install ./otherthing_….deb".',
  unpacked: 'This app was unpacked by hand: download the newer archive and unpack it in its place.',
  'switched-off': 'Updates are switched off: nobody is asked.',
};

/** How updates stand, in one sentence. */
export function updateWords({ state, version }: Updates): string {
  switch (state.state) {
    case 'off':
      return obstacles[state.because];
    case 'idle':
      return `Version ${version}. It has not looked for a newer one yet.`;
    case 'checking':
      return 'Looking for a newer version.';
    case 'current':
      return `Version ${version} is the newest for this computer.`;
    case 'downloading':
      return `Downloading ${state.update.version}: ${Math.floor(state.percent)} %${sizeWords(state.update.size)}, ${formatBytes(state.bytesPerSecond)} a second.`;
    case 'ready':
      return state.update.older
        ? `The older version ${state.update.version} is ready to be installed.`
        : `Version ${state.update.version} is ready to be installed.`;
    case 'installing':
      return `Installing ${state.update.version}; the app starts again by itself.`;
    case 'failed':
      return `${state.fault.message} ${state.fault.next}`;
  }
}

const sizeWords = (size: number | null) => (size === null ? '' : ` of ${formatBytes(size)}`);
