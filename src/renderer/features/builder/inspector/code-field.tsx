import { javascript } from '@codemirror/lang-javascript';
import CodeMirror, { EditorView, Prec } from '@uiw/react-codemirror';
import { useMemo } from 'react';
import { useMedia } from '../../../app/use-media.ts';

interface CodeFieldProps {
  value: string;
  onChange: (value: string) => void;
  readOnly: boolean;
  language: 'typescript' | 'javascript' | 'json';
  label: string;
}

const look = EditorView.theme({
  '&': { fontSize: '12px', backgroundColor: 'var(--raised)', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '18px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink-3)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
    backgroundColor: 'color-mix(in oklch, var(--signal), transparent 60%) !important',
  },
});

/** An editor for code. Tab leaves it after Esc, so that it is no trap for the keyboard. */
export function CodeField({ value, onChange, readOnly, language, label }: CodeFieldProps) {
  const dark = useMedia('(prefers-color-scheme: dark)');
  const theme = document.documentElement.dataset['theme'] ?? (dark ? 'dark' : 'light');
  const extensions = useMemo(
    () => [
      javascript({ typescript: language === 'typescript' }),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label }),
      Prec.highest(look),
    ],
    [language, label],
  );
  return (
    <div className="flow-code">
      <CodeMirror
        value={value}
        onChange={onChange}
        readOnly={readOnly}
        theme={theme === 'dark' ? 'dark' : 'light'}
        extensions={extensions}
        minHeight="200px"
        maxHeight="460px"
        basicSetup={{ foldGutter: false, highlightActiveLine: !readOnly, autocompletion: false, searchKeymap: false }}
      />
    </div>
  );
}
