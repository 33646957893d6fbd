import { Menu, type MenuItemConstructorOptions } from 'electron';

interface MenuActions {
  open(): void;
  showLogs(): void;
}

/** The application menu: what the system's keys need (copy, zoom, full screen, quit), and nothing that does nothing. */
export function menuTemplate(platform: string, { open, showLogs }: MenuActions): MenuItemConstructorOptions[] {
  const mac: MenuItemConstructorOptions[] = platform === 'darwin' ? [{ role: 'appMenu' }] : [];
  const leave: MenuItemConstructorOptions = platform === 'darwin' ? { role: 'close' } : { role: 'quit' };
  return [
    ...mac,
    { label: 'File', submenu: [{ label: 'Open Window', accelerator: 'CmdOrCtrl+Shift+O', click: open }, leave] },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'reload' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ label: 'Show Log Files', click: showLogs }] },
  ];
}

export function setMenu(actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, actions)));
}
