import { useMemo } from 'react';
import { useBuilder } from './builder.ts';
import type { Doing } from './doing.ts';

/** What the actions need, from the open builder. */
export function useDoing(): Doing {
  const { flow, ui } = useBuilder();
  return useMemo(() => ({ flow, ui, random: Math.random }), [flow, ui]);
}
