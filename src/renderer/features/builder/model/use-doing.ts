import { useMemo } from 'react';
import type { Doing } from './actions.ts';
import { useBuilder } from './builder.ts';

/** What the actions need, from the open builder. */
export function useDoing(): Doing {
  const { flow, ui } = useBuilder();
  return useMemo(() => ({ flow, ui, random: Math.random }), [flow, ui]);
}
