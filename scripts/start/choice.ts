/** What is known when it is decided how to start. */
export interface Circumstances {
  /** `--headless` was given. */
  headlessAsked: boolean;
  display: boolean;
  /** Chromium's sandbox refuses to run as root, and it is never switched off. */
  root: boolean;
  electron: boolean;
}

export type Choice = { start: 'desktop' } | { start: 'headless'; why: string } | { start: 'get-electron' };

/** The desktop app where it can run, otherwise the headless host, and why. Getting Electron is tried only where it would be of use. */
export function chooseStart({ headlessAsked, display, root, electron }: Circumstances): Choice {
  if (headlessAsked) return { start: 'headless', why: 'as asked for' };
  if (!display) return { start: 'headless', why: 'since there is no display' };
  if (root) return { start: 'headless', why: 'since the desktop app does not run as root' };
  return electron ? { start: 'desktop' } : { start: 'get-electron' };
}
