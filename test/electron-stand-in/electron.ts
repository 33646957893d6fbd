import { shellCalls } from './shell.ts';

// biome-ignore-start lint/performance/noBarrelFile: this is the module `electron`
export { app } from './app.ts';
export { ipcMain, protocol, session } from './session.ts';
export { utilityProcess } from './utility-process.ts';
export { BrowserWindow } from './window.ts';
// biome-ignore-end lint/performance/noBarrelFile: as above

export const dialog = {
  showErrorBox: (title: string, content: string) => console.error(`${title}: ${content}`),
};

export const shell = { openExternal: shellCalls.open };
