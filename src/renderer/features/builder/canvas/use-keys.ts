import { useEffect } from 'react';
import { removeChosen } from '../model/actions.ts';
import { chordOf } from '../model/chords.ts';
import { copyChosen, paste } from '../model/clipboard.ts';
import { type CommandContext, commandOf } from '../model/commands.ts';
import { groupNamed, setFolded } from '../model/groups.ts';
import { select } from '../model/ui-state.ts';
import { pasteText } from './paste-text.ts';
import { useCommandContext } from './use-commands.ts';

/** Whether the keys belong to something that is typed in, or to an open dialog or menu. */
export function belongsElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  return target.closest('[role="dialog"], [role="menu"], [role="listbox"], [role="alertdialog"], .cm-editor') !== null;
}

/** Keys that a focused button, link or tab takes for itself. */
const ownKeys: readonly string[] = ['Enter', 'Space', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];
const takesOwnKeys = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, a, [role="tab"], [role="separator"], summary') !== null;

/** Everything of the canvas by keyboard, and the clipboard. */
export function useKeys(): void {
  const context = useCommandContext();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const chord = chordOf(event);
      // What runs the flow works from everywhere, the field that is typed in included.
      if (belongsElsewhere(event.target) && chord !== 'Ctrl+Enter') return;
      if (ownKeys.includes(chord) && takesOwnKeys(event.target)) return;
      const action = onNode(chord, context) ?? commandOf(chord, context);
      if (action === null) return;
      event.preventDefault();
      action.run(context);
    };
    const onCopy = (event: ClipboardEvent) => {
      if (belongsElsewhere(event.target) || !(getSelection()?.isCollapsed ?? true)) return;
      const text = copyChosen(context);
      if (text === null) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      if (event.type === 'cut' && !context.readOnly) removeChosen(context);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (context.readOnly || belongsElsewhere(event.target)) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (pasteText(text, (clip) => paste(context, clip, placeFor(clip, context)), false)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, [context]);
}

/** A copy goes beside its original where that is here, else to the middle of what is in sight. */
function placeFor(clip: { steps: readonly { id: string }[] }, { flow, canvas }: CommandContext) {
  const original = clip.steps.some((step) => flow.view.getState().steps.has(step.id));
  return original ? null : canvas.middle();
}

/** Enter and Space at the step, note or group that has the focus: chooses it first; then a note is written in, a group named. */
function onNode(chord: string, { ui, flow, readOnly }: CommandContext): { run: () => void } | null {
  const id = document.activeElement?.closest<HTMLElement>('.react-flow__node')?.dataset['id'];
  if (id === undefined || !/^(Shift\+)?(Enter|Space)$/.test(chord)) return null;
  const { selection } = ui.getState();
  if (chord.startsWith('Shift')) return { run: () => select(ui, [...selection, id]) };
  if (!selection.has(id) || selection.size > 1) return { run: () => select(ui, [id]) };
  if (ui.getState().folded.has(id)) return { run: () => setFolded(ui, [id], false) };
  if (readOnly) return null;
  if (flow.view.getState().notes.has(id)) return { run: () => ui.setState({ editingNote: id }) };
  if (groupNamed(flow.view.getState(), id) !== undefined) return { run: () => ui.setState({ naming: id }) };
  return null;
}
