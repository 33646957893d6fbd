import './code-text.css';
import type { ReactNode } from 'react';

interface CodeTextProps {
  children: ReactNode;
  /** Breaks long lines instead of scrolling. */
  wrap?: boolean;
  maxHeight?: number;
  label?: string;
}

/** Code, values and streams, in a well. */
export const CodeText = ({ children, wrap = false, maxHeight, label }: CodeTextProps) => (
  <pre
    className="ui-code"
    {...(wrap ? { 'data-wrap': '' } : {})}
    style={{ maxHeight }}
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    tabIndex={0}
    {...(label === undefined ? {} : { role: 'group', 'aria-label': label })}
  >
    {children}
  </pre>
);

/** A model, a key, a template within a sentence. */
export const InlineCode = ({ children }: { children: ReactNode }) => <code className="ui-code-inline">{children}</code>;
