import type { Clip } from '../../../../shared/flows/edit.ts';
import { toast } from '../../../ui/toasts.tsx';
import { readClip } from '../model/clipboard.ts';

/** Puts what a text holds into the flow, or says why not. `put` answers what is in the way. True where the text was of this kind. */
export function pasteText(text: string, put: (clip: Clip) => string | null, always = true): boolean {
  const read = readClip(text);
  if (read.kind === 'none' && always) toast({ sign: 'look', text: 'This holds no part of a flow.' });
  if (read.kind === 'wrong') toast({ sign: 'look', text: `This flow cannot be read. ${read.why}.`.replace('..', '.') });
  const why = read.kind === 'clip' ? put(read.clip) : null;
  if (why !== null) toast({ sign: 'look', text: `${why}.` });
  return read.kind !== 'none';
}
