import { shellCalls } from './shell.ts';

// biome-ignore-start lint/performance/noBarrelFile: this is the module `electron`
export { app } from './app.ts';
export { dialog } from './dialog.ts';
export { net } from './net.ts';
export { Notification } from './notification.ts';
export { powerMonitor } from './power-monitor.ts';
export { safeStorage } from './safe-storage.ts';
export { screen } from './screen.ts';
export { ipcMain, protocol, session } from './session.ts';
export { Menu, nativeImage, Tray } from './tray.ts';
export { utilityProcess } from './utility-process.ts';
export { BrowserWindow } from './window.ts';
// biome-ignore-end lint/performance/noBarrelFile: as above

export const shell = { openExternal: shellCalls.open, openPath: shellCalls.openPath };
