import { type IpcMainInvokeEvent, ipcMain } from 'electron';
import type { DesktopCalls, DesktopChannel } from '../shared/ipc.ts';
import { isOwnPage } from './own-page.ts';

type Handler<Channel extends DesktopChannel> = (
  ...args: DesktopCalls[Channel]['arguments']
) => DesktopCalls[Channel]['answer'] | Promise<DesktopCalls[Channel]['answer']>;

export type Handlers = { [Channel in DesktopChannel]: Handler<Channel> };

/** How many arguments each call takes; there is none yet that takes any. */
const argumentCounts: { [Channel in DesktopChannel]: DesktopCalls[Channel]['arguments']['length'] } = {
  'otherthing:host': 0,
};

/** Answers the window's calls; only its own main frame is heard (S11). The answer takes the handlers away again. */
export function answerCalls(handlers: Handlers): () => void {
  const channels = Object.keys(handlers) as DesktopChannel[];
  for (const channel of channels) {
    ipcMain.handle(channel, (event, ...args: unknown[]) => {
      if (!isOwnMainFrame(event)) throw new Error('This frame may not call the desktop');
      if (args.length !== argumentCounts[channel]) throw new Error('Unexpected arguments');
      return handlers[channel]();
    });
  }
  return () => {
    for (const channel of channels) ipcMain.removeHandler(channel);
  };
}

function isOwnMainFrame({ senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOwnPage(senderFrame.url);
}
