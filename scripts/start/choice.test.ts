import { expect, test } from 'vitest';
import { type Choice, type Circumstances, chooseStart } from './choice.ts';

const able: Circumstances = { headlessAsked: false, display: true, root: false, electron: true };

test.each<[string, Partial<Circumstances>, Choice]>([
  ['all is there', {}, { start: 'desktop' }],
  ['--headless', { headlessAsked: true }, { start: 'headless', why: 'as asked for' }],
  ['no display', { display: false }, { start: 'headless', why: 'since there is no display' }],
  [
    'no display, no Electron',
    { display: false, electron: false },
    { start: 'headless', why: 'since there is no display' },
  ],
  ['root', { root: true }, { start: 'headless', why: 'since the desktop app does not run as root' }],
  ['no Electron', { electron: false }, { start: 'get-electron' }],
])('%s', (_name, differences, choice) => {
  expect(chooseStart({ ...able, ...differences })).toEqual(choice);
});
