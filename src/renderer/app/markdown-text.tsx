import './markdown-text.css';
import Markdown, { type Components } from 'react-markdown';

/** Links lead out of the flow, so they open beside it and tell nobody where from; pictures from elsewhere are not loaded. */
const parts: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener" className="nodrag">
      {children}
    </a>
  ),
  img: ({ alt }) => <em>{alt ?? 'Picture'}</em>,
};

/** The text of a note or a result as Markdown. HTML in it stays text; addresses are only of the web and of mail. */
export const MarkdownText = ({ children }: { children: string }) => (
  <div className="markdown">
    <Markdown components={parts}>{children}</Markdown>
  </div>
);
