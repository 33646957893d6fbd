import { Copy, Download } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { CodeText } from '../../ui/code-text.tsx';
import { copyText } from '../../ui/copy.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { saveFile } from '../save-file.ts';
import { type Shown, shownAs } from './shown.ts';
import { ValueView } from './value-view.tsx';

/** Loaded when somebody looks at a text as Markdown. */
const MarkdownText = lazy(() => import('../markdown-text.tsx').then((module) => ({ default: module.MarkdownText })));

type Way = 'plain' | 'markdown' | 'json';
/** Ways to read what has tools: files have links of their own, and nothing needs none. */
const waysOf: Partial<Record<Shown['kind'], readonly { value: Way; label: string }[]>> = {
  text: [
    { value: 'plain', label: 'Text' },
    { value: 'markdown', label: 'Markdown' },
  ],
  table: [
    { value: 'plain', label: 'Table' },
    { value: 'json', label: 'JSON' },
  ],
  list: [
    { value: 'plain', label: 'List' },
    { value: 'json', label: 'JSON' },
  ],
  json: [],
};

interface ValueWithToolsProps {
  /** What it is called, as a file too. */
  name: string;
  value: unknown;
}

/** A value as one likes to read it, to copy and to take along. */
export function ValueWithTools({ name, value }: ValueWithToolsProps) {
  const ways = waysOf[shownAs(value).kind];
  const [way, setWay] = useState<Way>('plain');
  if (ways === undefined) return <ValueView value={value} />;
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return (
    <div className="flex flex-col gap-1.5">
      <div className="row gap-1">
        {ways.length > 1 && <Segmented label={`${name} shown as`} value={way} segments={ways} onChange={setWay} />}
        <span className="ml-auto" />
        <IconButton icon={Copy} label={`Copy ${name}`} size="s" variant="ghost" onClick={() => void copyText(text)} />
        <IconButton
          icon={Download}
          label={`Download ${name}`}
          size="s"
          variant="ghost"
          onClick={() => saveText(name, value, text)}
        />
      </div>
      {way === 'json' ? (
        <CodeText maxHeight={320} label="JSON">
          {text}
        </CodeText>
      ) : way === 'markdown' ? (
        <Suspense fallback={<Skeleton width="100%" height={96} />}>
          <div className="value-text">
            <MarkdownText>{text}</MarkdownText>
          </div>
        </Suspense>
      ) : (
        <ValueView value={value} />
      )}
    </div>
  );
}

/** Text as text, anything else as JSON. */
function saveText(name: string, value: unknown, text: string): void {
  const [type, ending] = typeof value === 'string' ? ['text/plain', 'txt'] : ['application/json', 'json'];
  saveFile(new Blob([text], { type }), `${name}.${ending}`);
}
