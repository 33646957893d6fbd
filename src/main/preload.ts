import { contextBridge, ipcRenderer } from 'electron';
import { bridgeName, type DesktopBridge, type DesktopCalls, type DesktopChannel } from '../shared/ipc.ts';

function call<Channel extends DesktopChannel>(
  channel: Channel,
  ...args: DesktopCalls[Channel]['arguments']
): Promise<DesktopCalls[Channel]['answer']> {
  return ipcRenderer.invoke(channel, ...args);
}

const bridge: DesktopBridge = {
  platform: process.platform as DesktopBridge['platform'],
  host: () => call('otherthing:host'),
};

contextBridge.exposeInMainWorld(bridgeName, bridge);
