import { javascript } from '@codemirror/lang-javascript';
import CodeMirror, { EditorView } from '@uiw/react-codemirror';
import { useMemo } from 'react';
import { codeLook } from './code-look.ts';

interface CodeFieldProps {
  value: string;
  onChange: (value: string) => void;
  readOnly: boolean;
  language: 'typescript' | 'javascript' | 'json';
  label: string;
}

const setup = { foldGutter: false, autocompletion: false, searchKeymap: false, syntaxHighlighting: false } as const;

/** An editor for code. Tab indents; after Esc it leads on, so that the editor is no trap for the keyboard. */
export function CodeField({ value, onChange, readOnly, language, label }: CodeFieldProps) {
  const extensions = useMemo(
    () => [
      javascript({ typescript: language === 'typescript' }),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      codeLook,
    ],
    [language, label],
  );
  return (
    <div className="flow-code">
      <CodeMirror
        value={value}
        onChange={onChange}
        readOnly={readOnly}
        theme="none"
        extensions={extensions}
        minHeight="200px"
        maxHeight="460px"
        basicSetup={setup}
      />
    </div>
  );
}
