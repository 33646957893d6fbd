import { createContext, use, useMemo } from 'react';
import { useBuilder } from '../model/builder.ts';
import type { CommandContext } from '../model/commands.ts';
import { useDoing } from '../model/use-doing.ts';
import { useStartRun } from '../run/use-start-run.ts';
import { useTogglePin } from '../run/use-toggle-pin.ts';
import { useCanvasHands } from './use-canvas-hands.ts';

const Commands = createContext<CommandContext | null>(null);
export const CommandsProvider = Commands.Provider;

/** What the commands of the open builder work with. */
export function useCommandContext(): CommandContext {
  const context = use(Commands);
  if (context === null) throw new Error('useCommandContext needs a CommandsProvider around it');
  return context;
}

/** Made once for the page, and given to all by CommandsProvider. */
export function useMakeCommandContext(): CommandContext {
  const { run: session, pins, readOnly } = useBuilder();
  const doing = useDoing();
  const canvas = useCanvasHands();
  const run = useStartRun();
  const togglePin = useTogglePin();
  return useMemo(
    () => ({ ...doing, canvas, session, readOnly, run, pins, togglePin }),
    [doing, canvas, session, readOnly, run, pins, togglePin],
  );
}
