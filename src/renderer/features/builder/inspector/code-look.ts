/** Code in the colours of the interface: ink carries, states lend a little. Every pair has 4.5:1 in both themes. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';
import { EditorView, type Extension } from '@uiw/react-codemirror';

const frame = EditorView.theme({
  '&': { fontSize: '12px', backgroundColor: 'var(--raised)', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '18px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink-3)', border: 'none' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in oklch, var(--signal), transparent 62%)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--press)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--hover)' },
});

const words = HighlightStyle.define([
  { tag: [tags.comment], color: 'var(--ink-3)' },
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--ink)', fontWeight: '620' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--done)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--warn)' },
  { tag: [tags.typeName, tags.className, tags.propertyName], color: 'var(--ink-2)' },
  { tag: [tags.invalid], color: 'var(--fail)' },
]);

export const codeLook: Extension = [frame, syntaxHighlighting(words)];
