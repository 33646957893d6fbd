import { type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import { Compile } from 'typebox/compile';
import { AppError } from '../shared/errors.ts';
import {
  type Answered,
  type DesktopAnswer,
  type DesktopArguments,
  type DesktopCall,
  type DesktopEvent,
  type DesktopNews,
  desktopCalls,
} from '../shared/ipc.ts';
import { callPrefix, eventPrefix } from '../shared/ipc-names.ts';
import { toProblem } from '../shared/problem.ts';
import { isOwnPage } from './own-page.ts';

type Handler<Name extends DesktopCall> = (
  ...args: DesktopArguments<Name>
) => DesktopAnswer<Name> | Promise<DesktopAnswer<Name>>;

export type Handlers = { [Name in DesktopCall]: Handler<Name> };

/**
 * Answers the window's calls; only its own main frame is heard, and only with arguments of the table's form (S11). What a
 * handler throws travels as a problem; `unexpected` is told what nobody foresaw. The answer takes the handlers away again.
 */
export function answerCalls(handlers: Handlers, unexpected: (error: unknown, call: string) => void): () => void {
  const names = Object.keys(desktopCalls) as DesktopCall[];
  for (const name of names) ipcMain.handle(callPrefix + name, answerer(name, handlers[name], unexpected));
  return () => {
    for (const name of names) ipcMain.removeHandler(callPrefix + name);
  };
}

function answerer<Name extends DesktopCall>(
  name: Name,
  handler: Handler<Name>,
  unexpected: (error: unknown, call: string) => void,
) {
  const validator = Compile(desktopCalls[name].arguments);
  return async (event: IpcMainInvokeEvent, ...args: unknown[]): Promise<Answered<DesktopAnswer<Name>>> => {
    try {
      if (!isOwnMainFrame(event)) throw new AppError('wrong_origin', 'This frame may not call the desktop');
      if (!validator.Check(args)) throw new AppError('bad_request', undefined, { errors: mistakes(validator, args) });
      return { answer: await handler(...(args as DesktopArguments<Name>)) };
    } catch (error) {
      if (!(error instanceof AppError)) unexpected(error, name);
      return { problem: toProblem(error) };
    }
  };
}

interface Mistakes {
  Errors(value: unknown): readonly { instancePath: string; message: string }[];
}

const mistakes = (validator: Mistakes, args: unknown) =>
  validator.Errors(args).map(({ instancePath, message }) => ({ path: instancePath, message }));

function isOwnMainFrame({ senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOwnPage(senderFrame.url);
}

/** Tells a window what the table knows; a window that is gone is told nothing. */
export function tellWindow<Name extends DesktopEvent>(
  window: Pick<WebContents, 'send' | 'isDestroyed'>,
  name: Name,
  news: DesktopNews<Name>,
): void {
  if (!window.isDestroyed()) window.send(eventPrefix + name, news);
}
