import './value.css';
import { Download, File as FileIcon } from 'lucide-react';
import type { FileValue } from '../../../shared/model/values.ts';
import { useFileUrl } from '../../api/use-file-url.ts';
import { CodeText } from '../../ui/code-text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { formatBytes, formatCount } from '../../ui/numbers.ts';
import { FilePicture } from './file-picture.tsx';
import { inCell, isFigure, type Shown, shownAs } from './shown.ts';

/** A value of a flow as what it is: a table, a text, pictures, files to take along, or JSON. */
export function ValueView({ value }: { value: unknown }) {
  const shown = shownAs(value);
  switch (shown.kind) {
    case 'nothing':
      return <p className="text-12 text-ink-3">Nothing</p>;
    case 'blob':
      return <p className="text-12 text-ink-3">Too large to show here, {formatBytes(shown.size)}</p>;
    case 'text':
    case 'json':
      return (
        <CodeText wrap maxHeight={320} label={shown.kind === 'text' ? 'Text' : 'JSON'}>
          {shown.text}
        </CodeText>
      );
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
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="value-table" tabIndex={0} aria-label="Rows">
        <table>
          <thead>
            <tr>
              {shown.columns.map((column, index) => (
                <th key={column} scope="col" data-figure={isFigure(shown.rows[0]?.[index])}>
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
      </section>
      <More shown={shown.rows.length} total={shown.total} />
    </>
  );
}

function TextList({ shown }: { shown: Extract<Shown, { kind: 'list' }> }) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ol className="value-list" tabIndex={0} aria-label="Texts">
        {shown.texts.map((text, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items of a value have no other name
          <li key={index}>
            <span>{index + 1}</span>
            <p>{text}</p>
          </li>
        ))}
      </ol>
      <More shown={shown.texts.length} total={shown.total} />
    </>
  );
}

function More({ shown, total }: { shown: number; total: number }) {
  if (shown >= total) return null;
  return <p className="mt-1.5 text-11 text-ink-3">{`The first ${formatCount(shown)} of ${formatCount(total)}`}</p>;
}

const mostPictures = 60;

function Pictures({ shown: { files } }: { shown: Extract<Shown, { kind: 'image' }> }) {
  const [only] = files;
  if (files.length === 1 && only !== undefined) {
    return (
      <figure>
        <FilePicture fileId={only.fileId} name={only.name} className="value-picture-one" />
        <figcaption className="mt-1 text-12 text-ink-3">{`${only.name}, ${formatBytes(only.size)}`}</figcaption>
      </figure>
    );
  }
  return (
    <>
      <ul className="value-pictures">
        {files.slice(0, mostPictures).map((file, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same file may stand in a list twice
          <li key={index}>
            <FilePicture fileId={file.fileId} name={file.name} />
            <p className="cut mt-0.5 text-11 text-ink-3" title={file.name}>
              {file.name}
            </p>
          </li>
        ))}
      </ul>
      <More shown={Math.min(mostPictures, files.length)} total={files.length} />
    </>
  );
}

const mostFiles = 200;

function FileList({ shown: { files } }: { shown: Extract<Shown, { kind: 'files' }> }) {
  return (
    <>
      <ul className="flex flex-col gap-1">
        {files.slice(0, mostFiles).map((file, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same file may stand in a list twice
          <li key={index}>
            <FileLink file={file} />
          </li>
        ))}
      </ul>
      <More shown={Math.min(mostFiles, files.length)} total={files.length} />
    </>
  );
}

function FileLink({ file }: { file: FileValue }) {
  const address = useFileUrl(file.fileId);
  const words = (
    <>
      <Icon of={FileIcon} size={14} />
      <span className="cut">{file.name}</span>
      <span className="text-ink-3">{formatBytes(file.size)}</span>
    </>
  );
  if (address.state !== 'here') return <span className="row gap-2 text-12">{words}</span>;
  return (
    <a href={address.url} download={file.name} className="row gap-2 text-12 hover:underline">
      {words}
      <Icon of={Download} size={14} />
    </a>
  );
}
