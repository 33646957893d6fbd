import { useReactFlow } from '@xyflow/react';
import { useEffect } from 'react';
import { addNoteAt, copyChosen, duplicate, nudge, paste, readClip, removeChosen } from '../model/actions.ts';
import { arrange } from '../model/arrange.ts';
import { useBuilder } from '../model/builder.ts';
import { select } from '../model/ui-state.ts';
import { useDoing } from '../model/use-doing.ts';
import { useMiddle } from './use-middle.ts';

/** Whether the keys belong to something that is typed in, or to an open dialog or menu. */
export function belongsElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  return target.closest('[role="dialog"], [role="menu"], [role="listbox"], [role="alertdialog"], .cm-editor') !== null;
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Everything of the canvas by keyboard, and the clipboard. `run` starts the flow. */
export function useKeys(run: () => void): void {
  const { flow, ui, readOnly } = useBuilder();
  const doing = useDoing();
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const middle = useMiddle();

  useEffect(() => {
    const withControl = (event: KeyboardEvent): (() => void) | null => {
      switch (event.key.toLowerCase()) {
        case 'a':
          return () => select(ui, [...flow.view.getState().steps.keys(), ...flow.view.getState().notes.keys()]);
        case 'z':
          return readOnly ? null : event.shiftKey ? flow.redo : flow.undo;
        case 'y':
          return readOnly ? null : flow.redo;
        case 'd':
          return readOnly ? null : () => duplicate(doing);
        default:
          return null;
      }
    };

    const plain = (event: KeyboardEvent): (() => void) | null => {
      switch (event.key) {
        case 'v':
          return () => ui.setState({ tool: 'pointer' });
        case 'h':
          return () => ui.setState({ tool: 'hand' });
        case '1':
        case 'f':
          return () => void fitView({ padding: 0.12, maxZoom: 1, duration: 240 });
        case '+':
        case '=':
          return () => void zoomIn({ duration: 150 });
        case '-':
          return () => void zoomOut({ duration: 150 });
        case 'Escape':
          return letGo;
        case 'Enter':
        case ' ':
          return focusedNode() === null ? null : () => take(event.shiftKey);
        default:
          return readOnly ? null : editing(event);
      }
    };

    const editing = (event: KeyboardEvent): (() => void) | null => {
      const arrow = arrows[event.key];
      const [only] = ui.getState().selection;
      if (arrow !== undefined && ui.getState().selection.size > 0) {
        const far = event.shiftKey ? 4 : 1;
        return () => nudge(doing, arrow[0] * far, arrow[1] * far);
      }
      switch (event.key) {
        case 'Delete':
        case 'Backspace':
          return () => removeChosen(doing);
        case 'a':
          return () => ui.setState({ adding: { at: null, screen: null, from: null } });
        case 'A':
          return () => arrange(doing);
        case 'n':
          return () => addNoteAt(doing, middle());
        case 'c':
          return only === undefined ? null : () => ui.setState({ connecting: only });
        default:
          return null;
      }
    };

    const focusedNode = () => document.activeElement?.closest<HTMLElement>('.react-flow__node') ?? null;
    const take = (more: boolean) => {
      const id = focusedNode()?.dataset['id'];
      if (id === undefined) return;
      if (flow.view.getState().notes.has(id) && ui.getState().selection.has(id) && !readOnly)
        return ui.setState({ editingNote: id });
      select(ui, more ? [...ui.getState().selection, id] : [id]);
    };
    const letGo = () => {
      if (ui.getState().selection.size > 0 || ui.getState().selectedEdges.size > 0) select(ui, []);
    };

    const onKeyDown = (event: KeyboardEvent) => {
      const control = event.ctrlKey || event.metaKey;
      if (control && event.key === 'Enter') {
        event.preventDefault();
        return run();
      }
      if (belongsElsewhere(event.target) || event.altKey) return;
      const action = control ? withControl(event) : plain(event);
      if (action === null) return;
      event.preventDefault();
      action();
    };

    const onCopy = (event: ClipboardEvent) => {
      if (belongsElsewhere(event.target) || !(getSelection()?.isCollapsed ?? true)) return;
      const text = copyChosen(doing);
      if (text === null) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      if (event.type === 'cut' && !readOnly) removeChosen(doing);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (readOnly || belongsElsewhere(event.target)) return;
      const clip = readClip(event.clipboardData?.getData('text/plain') ?? '');
      if (clip === null) return;
      event.preventDefault();
      const original = clip.steps.some((step) => flow.view.getState().steps.has(step.id));
      paste(doing, clip, original ? null : middle());
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
  }, [flow, ui, readOnly, doing, zoomIn, zoomOut, fitView, middle, run]);
}
