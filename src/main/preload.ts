import { contextBridge, ipcRenderer } from 'electron';
import type { DesktopBridge } from '../shared/ipc.ts';
import { bridgeName, callPrefix, eventPrefix } from '../shared/ipc-names.ts';

/** Main hears only the calls of its table; a page can reach no other channel than those with these prefixes. */
const bridge: DesktopBridge = {
  platform: process.platform as DesktopBridge['platform'],
  call: (name, ...args) => ipcRenderer.invoke(callPrefix + name, ...args),
  on(name, listener) {
    const channel = eventPrefix + name;
    const hear = (_event: unknown, ...news: Parameters<typeof listener>) => listener(...news);
    ipcRenderer.on(channel, hear);
    return () => ipcRenderer.off(channel, hear);
  },
};

contextBridge.exposeInMainWorld(bridgeName, bridge);
