import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from 'electron';
import { type StartedProgram, startedProgram } from '../../platform/config.ts';
import { writeTextFile } from '../../platform/text-file.ts';

/** Given to a start that nobody asked for: no window is opened. */
export const hiddenStart = '--hidden';

/** Has the system start the app when the person signs in, in the tray alone; or no more. */
export async function setOpenAtLogin(
  app: Pick<App, 'setLoginItemSettings'>,
  open: boolean,
  program: StartedProgram = startedProgram(),
): Promise<void> {
  if (program.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: open, args: [hiddenStart] });
    return;
  }
  const path = join(program.configHome, 'autostart', 'otherthing.desktop');
  if (open) await writeTextFile(path, desktopEntry(program.executable), 0o644);
  else await rm(path, { force: true });
}

/** https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html: quoted, with its escapes. */
function desktopEntry(executable: string): string {
  const quoted = executable.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return `[Desktop Entry]
Type=Application
Name=OtherThing
Exec="${quoted}" ${hiddenStart}
X-GNOME-Autostart-enabled=true
`;
}
