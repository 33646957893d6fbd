import { Download, File as FileIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { FileValue } from '../../shared/model/values.ts';
import { useFileUrl } from '../api/use-file-url.ts';
import { CodeText } from '../ui/code-text.tsx';
import { Icon } from '../ui/icon.tsx';
import { formatBytes, formatPlural } from '../ui/numbers.ts';
import { Skeleton } from '../ui/skeleton.tsx';

/** What a value of a flow looks like: text as text, images as pictures, lists of records as a table, the rest as JSON. */
type ValueShape =
  | { kind: 'text'; text: string }
  | { kind: 'file'; file: FileValue }
  | { kind: 'files'; files: readonly FileValue[] }
  | { kind: 'table'; heads: readonly string[]; rows: readonly Record<string, unknown>[] }
  | { kind: 'texts'; texts: readonly string[] }
  | { kind: 'blob'; size: number }
  | { kind: 'nothing' }
  | { kind: 'json'; text: string };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isFileValue = (value: unknown): value is FileValue =>
  isRecord(value) &&
  typeof value['fileId'] === 'string' &&
  typeof value['mime'] === 'string' &&
  typeof value['name'] === 'string';

const isPlain = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);
const mostColumns = 8;

export function shapeOf(value: unknown): ValueShape {
  if (value === undefined || value === null || value === '') return { kind: 'nothing' };
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (isFileValue(value)) return { kind: 'file', file: value };
  if (isRecord(value) && typeof value['$blob'] === 'string') return { kind: 'blob', size: Number(value['size'] ?? 0) };
  if (Array.isArray(value) && value.length > 0) return shapeOfList(value);
  return { kind: 'json', text: JSON.stringify(value, null, 2) };
}

function shapeOfList(list: readonly unknown[]): ValueShape {
  if (list.every(isFileValue)) return { kind: 'files', files: list };
  if (list.every((item) => typeof item === 'string')) return { kind: 'texts', texts: list };
  if (list.every(isRecord)) {
    const heads = [...new Set(list.flatMap((row) => Object.keys(row)))];
    const flat = list.every((row) => Object.values(row).every(isPlain));
    if (flat && heads.length > 0 && heads.length <= mostColumns) return { kind: 'table', heads, rows: list };
  }
  return { kind: 'json', text: JSON.stringify(list, null, 2) };
}

const mostShown = 60;

export function ValueView({ value }: { value: unknown }) {
  const shape = shapeOf(value);
  switch (shape.kind) {
    case 'nothing':
      return <p className="text-12 text-ink-3">Nothing</p>;
    case 'text':
      return (
        <CodeText wrap maxHeight={320} label="Text">
          {shape.text}
        </CodeText>
      );
    case 'json':
      return (
        <CodeText wrap maxHeight={320} label="JSON">
          {shape.text}
        </CodeText>
      );
    case 'blob':
      return <p className="text-12 text-ink-3">Too large to show here, {formatBytes(shape.size)}</p>;
    case 'file':
      return <FileView file={shape.file} />;
    case 'files':
      return <Files files={shape.files} />;
    case 'texts':
      return (
        <Cut count={shape.texts.length} noun="text">
          <ol className="flex flex-col gap-1.5">
            {numbered(shape.texts).map(({ key, item }) => (
              <li key={key}>
                <CodeText wrap maxHeight={120}>
                  {item}
                </CodeText>
              </li>
            ))}
          </ol>
        </Cut>
      );
    case 'table':
      return <Rows heads={shape.heads} rows={shape.rows} />;
  }
}

const numbered = <Item,>(items: readonly Item[]) =>
  items.slice(0, mostShown).map((item, index) => ({ key: `${index}`, item }));

const Cut = ({ count, noun, children }: { count: number; noun: string; children: ReactNode }) => (
  <>
    {children}
    {count > mostShown && (
      <p className="mt-2 text-12 text-ink-3">
        The first {mostShown} of {formatPlural(count, noun)}
      </p>
    )}
  </>
);

const Rows = ({ heads, rows }: { heads: readonly string[]; rows: readonly Record<string, unknown>[] }) => (
  <Cut count={rows.length} noun="row">
    <section
      className="max-h-80 overflow-auto rounded-control border border-line"
      aria-label="Rows"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
    >
      <table className="ui-table value-table" data-rows="dense" aria-label={formatPlural(rows.length, 'row')}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col" {...(isNumeric(rows, head) ? { 'data-right': '' } : {})}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {numbered(rows).map(({ key, item }) => (
            <tr key={key}>
              {heads.map((head) => (
                <td key={head} {...(isNumeric(rows, head) ? { 'data-right': '' } : {})}>
                  {item[head] === null || item[head] === undefined ? (
                    <span className="text-ink-3">none</span>
                  ) : (
                    String(item[head])
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </Cut>
);

const isNumeric = (rows: readonly Record<string, unknown>[], head: string) =>
  rows.every((row) => typeof row[head] === 'number' || row[head] === null);

const Files = ({ files }: { files: readonly FileValue[] }) =>
  files.every((file) => file.mime.startsWith('image/')) ? (
    <Cut count={files.length} noun="image">
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(76px,1fr))] gap-2">
        {numbered(files).map(({ key, item }) => (
          <li key={key}>
            <Picture file={item} className="h-24" />
            <p className="cut mt-0.5 text-11 text-ink-3" title={item.name}>
              {item.name}
            </p>
          </li>
        ))}
      </ul>
    </Cut>
  ) : (
    <Cut count={files.length} noun="file">
      <ul className="flex flex-col gap-1">
        {numbered(files).map(({ key, item }) => (
          <li key={key}>
            <FileView file={item} />
          </li>
        ))}
      </ul>
    </Cut>
  );

const FileView = ({ file }: { file: FileValue }) =>
  file.mime.startsWith('image/') ? (
    <figure>
      <Picture file={file} className="max-h-60" />
      <figcaption className="mt-1 text-12 text-ink-3">
        {file.name}, {formatBytes(file.size)}
      </figcaption>
    </figure>
  ) : (
    <FileLink file={file} />
  );

function Picture({ file, className }: { file: FileValue; className: string }) {
  const address = useFileUrl(file.fileId);
  if (address.state === 'loading') return <Skeleton width="100%" height={96} />;
  if (address.state === 'failed') return <p className="text-12 text-ink-3">{file.name} is not there any more</p>;
  return (
    <img
      src={address.url}
      alt={file.name}
      loading="lazy"
      decoding="async"
      className={`w-full rounded-machine border border-line-2 bg-sunken object-contain object-top ${className}`}
    />
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
