import { FileText } from 'lucide-react';
import { CodeText } from '../../../ui/code-text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { formatBytes, formatCount } from '../../../ui/numbers.ts';
import { FilePicture } from './file-picture.tsx';
import { inCell, isFigure, type Shown, shownAs } from './value-kind.ts';

interface ValueViewProps {
  value: unknown;
  /** Said where there is nothing. */
  empty?: string;
}

/** A value of a port: a table, a text, pictures, or JSON. */
export function ValueView({ value, empty = 'Nothing' }: ValueViewProps) {
  const shown = shownAs(value);
  switch (shown.kind) {
    case 'nothing':
      return <p className="text-12 text-ink-3">{empty}</p>;
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
