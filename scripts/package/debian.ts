import type { Target } from './contents.ts';

/** What the texts of a Debian package say. */
export interface DebianApp {
  version: string;
  description: string;
  maintainer: string;
  /** KiB on the disk. */
  installedSize: number;
}

/** Debian's name of an architecture. */
export function debianArchitecture(arch: Target['arch']): string {
  const names: Record<string, string> = { x64: 'amd64', arm64: 'arm64', armv7l: 'armhf' };
  const name = names[arch];
  if (name === undefined) throw new Error(`Debian has no packages for ${arch}`);
  return name;
}

/** 1.2.0-beta.3 → 1.2.0~beta.3, which dpkg sorts before 1.2.0. */
export function debianVersion(version: string): string {
  return version.replace('-', '~');
}

/** Libraries of Chromium, as Electron's own packages name them. */
const depends = [
  ...[
    'libgtk-3-0t64 | libgtk-3-0',
    'libnotify4',
    'libnss3',
    'libxss1',
    'libxtst6',
    'xdg-utils',
    'libatspi2.0-0t64 | libatspi2.0-0',
  ],
  ...['libuuid1', 'libsecret-1-0', 'libdrm2', 'libgbm1', 'libasound2t64 | libasound2'],
];

export function controlFile(app: DebianApp, arch: string): string {
  const [summary = '', ...more] = app.description.split('\n');
  return [
    'Package: otherthing',
    `Version: ${debianVersion(app.version)}`,
    'Section: net',
    'Priority: optional',
    `Architecture: ${debianArchitecture(arch)}`,
    `Depends: ${depends.join(', ')}`,
    'Recommends: bubblewrap, libayatana-appindicator3-1',
    `Installed-Size: ${app.installedSize}`,
    `Maintainer: ${app.maintainer}`,
    `Description: ${summary}`,
    ...more.map((line) => ` ${line === '' ? '.' : line}`),
    '',
  ].join('\n');
}

/** The desktop entry; it opens otherthing:// links. */
export function desktopEntry(description: string): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=OtherThing',
    `Comment=${description.split('\n')[0]}`,
    'Exec=/usr/bin/otherthing %U',
    'Icon=otherthing',
    'Terminal=false',
    'StartupWMClass=OtherThing',
    'Categories=Network;Development;',
    'MimeType=x-scheme-handler/otherthing;',
    '',
  ].join('\n');
}

/** Told to the desktop after installing and removing; a machine without these tools needs nothing. */
export const refreshDesktop = `#!/bin/sh
set -e
if command -v update-desktop-database >/dev/null; then update-desktop-database -q /usr/share/applications || true; fi
if command -v gtk-update-icon-cache >/dev/null; then gtk-update-icon-cache -q -t -f /usr/share/icons/hicolor || true; fi
`;
