import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { setOpenAtLogin } from './login-item.ts';

test('on Linux an autostart entry comes and goes; elsewhere the system is told', async () => {
  const configHome = await mkdtemp(join(tmpdir(), 'otherthing-login-'));
  const app = { setLoginItemSettings: vi.fn() };
  const linux = { platform: 'linux' as const, executable: '/opt/Other "Thing" 100%/app', configHome };
  await setOpenAtLogin(app, true, linux);
  const entry = join(configHome, 'autostart', 'otherthing.desktop');
  expect(await readFile(entry, 'utf8')).toContain('Exec="/opt/Other \\"Thing\\" 100%%/app" --hidden\n');
  await setOpenAtLogin(app, false, linux);
  await setOpenAtLogin(app, false, linux);
  await expect(readFile(entry)).rejects.toThrow('ENOENT');
  expect(app.setLoginItemSettings).not.toHaveBeenCalled();
  await setOpenAtLogin(app, true, { ...linux, platform: 'darwin' });
  expect(app.setLoginItemSettings).toHaveBeenCalledWith({ openAtLogin: true, args: ['--hidden'] });
  await rm(configHome, { recursive: true });
});
