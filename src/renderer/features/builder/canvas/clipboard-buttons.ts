/** Copy and paste by menu and palette, where no clipboard event comes: the browser is asked for its clipboard. */
import { ClipboardCopy, ClipboardPaste } from 'lucide-react';
import { toast } from '../../../ui/toasts.tsx';
import { copyChosen, paste } from '../model/clipboard.ts';
import type { Command } from '../model/commands.ts';
import { pasteText } from './paste-text.ts';

const refused = (keys: string) =>
  toast({ sign: 'look', text: `The browser keeps its clipboard to itself. ${keys} does it.` });

export const copyAsText: Command = {
  id: 'copy',
  group: 'Change',
  label: 'Copy as JSON',
  icon: ClipboardCopy,
  keys: ['Ctrl+C'],
  when: ({ ui }) => ui.getState().selection.size > 0,
  run: (context) => {
    const text = copyChosen(context);
    if (text !== null) navigator.clipboard.writeText(text).catch(() => refused('Ctrl C'));
  },
};

export const pasteFromClipboard: Command = {
  id: 'paste',
  group: 'Change',
  label: 'Paste',
  icon: ClipboardPaste,
  keys: ['Ctrl+V'],
  edits: true,
  run: (context) => {
    navigator.clipboard
      .readText()
      .then((text) => pasteText(text, (clip) => paste(context, clip, context.canvas.middle())))
      .catch(() => refused('Ctrl V'));
  },
};
