import { Copy, Download, FileText } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { saveFile } from '../../../app/save-file.ts';
import { IconButton } from '../../../ui/button.tsx';
import { CodeText } from '../../../ui/code-text.tsx';
import { copyText } from '../../../ui/copy.ts';
import { Icon } from '../../../ui/icon.tsx';
import { formatBytes, formatCount } from '../../../ui/numbers.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { FilePicture } from './file-picture.tsx';
import { inCell, isFigure, type Shown, shownAs } from './value-kind.ts';

interface ValueViewProps {
  value: unknown;
  /** Said where there is nothing. */
  empty?: string;
  /** What a file of it is called. */
  name?: string;
}

type Way = 'plain' | 'markdown' | 'json';

/** Loaded when somebody looks at a text as Markdown. */
const MarkdownText = lazy(() =>
  import('../../../app/markdown-text.tsx').then((module) => ({ default: module.MarkdownText })),
);

/** A value of a port: a table, a text, pictures, or JSON; as one likes to read it, to copy and to take along. */
export function ValueView({ value, empty = 'Nothing', name = 'value' }: ValueViewProps) {
  const shown = shownAs(value);
  const [way, setWay] = useState<Way>('plain');
  const ways = waysOf(shown);
  const json = () => JSON.stringify(value, null, 2);
  if (shown.kind === 'nothing') return <p className="text-12 text-ink-3">{empty}</p>;
  return (
    <>
      <div className="row gap-1">
        {ways.length > 1 && <Segmented label="Shown as" value={way} segments={ways} onChange={setWay} />}
        <span className="ml-auto" />
        <IconButton
          icon={Copy}
          label="Copy"
          size="s"
          variant="ghost"
          onClick={() => void copyText(typeof value === 'string' ? value : json())}
        />
        <IconButton icon={Download} label="Download" size="s" variant="ghost" onClick={() => download(name, value)} />
      </div>
      {way === 'json' ? (
        <CodeText maxHeight={320}>{json()}</CodeText>
      ) : way === 'markdown' && shown.kind === 'text' ? (
        <Suspense fallback={<Skeleton width="100%" height={96} />}>
          <div className="flow-value-text">
            <MarkdownText>{shown.text}</MarkdownText>
          </div>
        </Suspense>
      ) : (
        <Plain shown={shown} />
      )}
    </>
  );
}

function waysOf(shown: Shown): { value: Way; label: string }[] {
  switch (shown.kind) {
    case 'text':
      return [
        { value: 'plain', label: 'Text' },
        { value: 'markdown', label: 'Markdown' },
      ];
    case 'table':
    case 'list':
      return [
        { value: 'plain', label: shown.kind === 'table' ? 'Table' : 'List' },
        { value: 'json', label: 'JSON' },
      ];
    case 'nothing':
    case 'json':
    case 'image':
    case 'files':
      return [];
  }
}

/** Saves a value as a file: text as text, anything else as JSON. */
function download(name: string, value: unknown): void {
  const text = typeof value === 'string';
  const type = text ? 'text/plain' : 'application/json';
  saveFile(new Blob([text ? value : JSON.stringify(value, null, 2)], { type }), `${name}.${text ? 'txt' : 'json'}`);
}

function Plain({ shown }: { shown: Shown }) {
  switch (shown.kind) {
    case 'nothing':
      return null;
    case 'text':
      return (
        <CodeText wrap maxHeight={320}>
          {shown.text}
        </CodeText>
      );
    case 'json':
      return <CodeText maxHeight={320}>{shown.text}</CodeText>;
    case 'list':
      return <TextList shown={shown} />;
    case 'image':
      return <Pictures shown={shown} />;
    case 'files':
      return <FileList shown={shown} />;
    case 'table':
      return <ValueTable shown={shown} />;
  }
}

function ValueTable({ shown }: { shown: Extract<Shown, { kind: 'table' }> }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="flow-value-table" tabIndex={0} aria-label="Rows">
      <table>
        <thead>
          <tr>
            {shown.columns.map((column, index) => (
              <th key={column} data-figure={isFigure(shown.rows[0]?.[index])}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a value have no other name
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={shown.columns[column]} data-figure={isFigure(cell)} title={inCell(cell)}>
                  {inCell(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <More shown={shown.rows.length} total={shown.total} />
    </section>
  );
}

function TextList({ shown }: { shown: Extract<Shown, { kind: 'list' }> }) {
  return (
    <div>
      <ol className="flow-value-list">
        {shown.texts.map((text, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items of a value have no other name
          <li key={index}>
            <span>{index + 1}</span>
            <p>{text}</p>
          </li>
        ))}
      </ol>
      <More shown={shown.texts.length} total={shown.total} />
    </div>
  );
}

function More({ shown, total }: { shown: number; total: number }) {
  if (shown >= total) return null;
  return (
    <p className="px-2.5 py-1.5 text-11 text-ink-3">{`The first ${formatCount(shown)} of ${formatCount(total)}`}</p>
  );
}

const mostPictures = 24;

function Pictures({ shown }: { shown: Extract<Shown, { kind: 'image' }> }) {
  const [only] = shown.files;
  if (shown.files.length === 1 && only !== undefined) {
    return <FilePicture fileId={only.fileId} name={only.name} className="flow-picture-one" />;
  }
  return (
    <div>
      <div className="flow-picture-grid">
        {shown.files.slice(0, mostPictures).map((file, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same file may stand in a list twice
          <FilePicture key={index} fileId={file.fileId} name={file.name} />
        ))}
      </div>
      <More shown={Math.min(mostPictures, shown.files.length)} total={shown.files.length} />
    </div>
  );
}

const FileList = ({ shown }: { shown: Extract<Shown, { kind: 'files' }> }) => (
  <ul className="flex flex-col gap-1">
    {shown.files.map((file, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the same file may stand in a list twice
      <li key={index} className="row gap-2 text-12">
        <Icon of={FileText} size={14} className="text-ink-3" />
        <span className="cut">{file.name}</span>
        <span className="ml-auto text-ink-3">{formatBytes(file.size)}</span>
      </li>
    ))}
  </ul>
);
