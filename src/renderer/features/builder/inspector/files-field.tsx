import { FileText, Upload, X } from 'lucide-react';
import { type DragEvent, useId, useRef, useState } from 'react';
import type { FileValue } from '../../../../shared/model/values.ts';
import { useApi } from '../../../api/api.ts';
import { errorWords } from '../../../api/error-words.ts';
import { FilePicture } from '../../../app/value/file-picture.tsx';
import { isImage } from '../../../app/value/shown.ts';
import { useWorkspace } from '../../../app/workspace.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { formatBytes, formatCount, formatPlural } from '../../../ui/numbers.ts';
import { StateGlyph } from '../../../ui/state-glyph.tsx';

interface FilesFieldProps {
  files: readonly FileValue[];
  onChange: (files: FileValue[]) => void;
  /** Only pictures are taken. */
  images: boolean;
  one?: boolean;
  readOnly: boolean;
  label: string;
}

const uploadsAtOnce = 3;
const mostShown = 60;

/** Files of the workspace: put in by dropping or choosing, listed with a small picture each. */
export function FilesField({ files, onChange, images, one = false, readOnly, label }: FilesFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const id = useId();
  const upload = useUploads(files, one, onChange);
  const take = (chosen: FileList | null) =>
    upload.start([...(chosen ?? [])].filter((file) => !images || isImage({ mime: file.type })));
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {files.length > 0 && <FileRows files={files} readOnly={readOnly} onChange={onChange} label={label} />}
      {!readOnly && (
        // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button inside is the first
        <div
          className="flow-drop"
          {...(over ? { 'data-over': '' } : {})}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
        >
          {upload.left > 0 ? (
            <span className="row gap-2" role="status">
              <StateGlyph state="running" />
              {`${formatPlural(upload.left, 'file')} to go`}
            </span>
          ) : (
            <>
              <Button size="s" icon={Upload} onClick={() => input.current?.click()} aria-describedby={id}>
                {one ? 'Choose a file' : files.length > 0 ? 'Add files' : 'Choose files'}
              </Button>
              <span id={id} className="text-ink-3">{`or drop ${images ? 'images' : 'files'} here`}</span>
            </>
          )}
          <input
            ref={input}
            type="file"
            hidden
            multiple={!one}
            {...(images ? { accept: 'image/*' } : {})}
            aria-label={label}
            onChange={(event) => {
              take(event.target.files);
              event.target.value = '';
            }}
          />
        </div>
      )}
      {upload.failure !== null && (
        <span className="ui-help" data-error="" role="alert">
          {upload.failure}
        </span>
      )}
    </div>
  );
}

function FileRows({
  files,
  readOnly,
  onChange,
  label,
}: Pick<FilesFieldProps, 'files' | 'readOnly' | 'onChange' | 'label'>) {
  const [all, setAll] = useState(false);
  const shown = all ? files.slice(0, mostShown) : files.slice(0, 5);
  return (
    <div>
      <ul className="flow-files" aria-label={label}>
        {shown.map((file, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same file may stand in a list twice
          <li key={`${file.fileId}-${index}`}>
            {isImage(file) ? (
              <FilePicture fileId={file.fileId} name="" />
            ) : (
              <i>
                <Icon of={FileText} size={14} />
              </i>
            )}
            <span className="cut">{file.name}</span>
            <span className="ml-auto text-11 text-ink-3">{formatBytes(file.size)}</span>
            {!readOnly && (
              <IconButton
                icon={X}
                label={`Remove ${file.name}`}
                size="s"
                variant="ghost"
                onClick={() => onChange(files.filter((_, at) => at !== index))}
              />
            )}
          </li>
        ))}
      </ul>
      {files.length > shown.length && (
        <button type="button" className="link mt-1 text-12 text-ink-2" onClick={() => setAll(true)}>
          {`Show ${all ? 'the first ' : 'all '}${formatCount(Math.min(files.length, mostShown))}`}
        </button>
      )}
    </div>
  );
}

/** Uploads a few at a time; each file is in the list as soon as it is on the host. */
function useUploads(files: readonly FileValue[], one: boolean, onChange: (files: FileValue[]) => void) {
  const { host } = useApi();
  const workspace = useWorkspace();
  const [left, setLeft] = useState(0);
  const [failure, setFailure] = useState<string | null>(null);
  const start = (chosen: readonly File[]) => {
    const waiting = one ? chosen.slice(0, 1) : [...chosen];
    if (waiting.length === 0) return;
    const places: (FileValue | undefined)[] = new Array(waiting.length).fill(undefined);
    setFailure(null);
    setLeft(waiting.length);
    let next = 0;
    const work = async (): Promise<void> => {
      const index = next++;
      const file = waiting[index];
      if (file === undefined) return;
      const { fileId, name, mime, size, sha256 } = await host.client.upload(
        workspace.id,
        file.name,
        file,
        file.type || 'application/octet-stream',
      );
      places[index] = { fileId, name, mime, size, sha256 };
      setLeft((count) => count - 1);
      return work();
    };
    Promise.all(Array.from({ length: uploadsAtOnce }, work))
      .catch((error: unknown) => setFailure(errorWords(error).what))
      .finally(() => {
        const done = places.filter((file) => file !== undefined);
        onChange(one ? done : [...files, ...done]);
        setLeft(0);
      });
  };
  return { start, left, failure };
}
