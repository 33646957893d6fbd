import { useMutation } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { AppError, type FieldError } from '../../../shared/errors.ts';
import type { FlowFile } from '../../../shared/model/flow.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { InlineCode } from '../../ui/code-text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { toast } from '../../ui/toasts.tsx';

/** Larger files are no flow of ours (limits.requestBody). */
const largest = 4 * 1024 * 1024;

/** The text of a flow file, parsed; the host checks its form. */
async function readFlowFile(file: File): Promise<FlowFile> {
  if (file.size > largest) throw new AppError('flow_too_large', `${file.name} is larger than a flow can be.`);
  try {
    return JSON.parse(await file.text()) as FlowFile;
  } catch {
    throw new AppError('malformed_json', `${file.name} is not a flow: it is not JSON.`);
  }
}

interface ImportFlowProps {
  onOpen: (flowId: string) => void;
  onDone: () => void;
}

/** Takes a flow file from this computer. */
export function ImportFlow({ onOpen, onDone }: ImportFlowProps) {
  const { client } = useApi().host;
  const { id: workspaceId } = useWorkspace();
  const input = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const take = useMutation({
    mutationFn: async (file: File) =>
      client.call('createFlow', { params: { id: workspaceId }, body: { file: await readFlowFile(file) } }),
    onSuccess: (flow) => {
      onDone();
      toast({
        text: `Flow “${flow.name}” imported`,
        sign: 'done',
        action: { label: 'Open it', run: () => onOpen(flow.id) },
      });
    },
    onError: setFailure,
  });
  return (
    <>
      <Button size="s" variant="ghost" icon={Upload} pending={take.isPending} onClick={() => input.current?.click()}>
        Import
      </Button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        className="hidden"
        aria-label="Flow file"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file !== undefined) take.mutate(file);
          target.value = '';
        }}
      />
      <Dialog
        open={failure !== null}
        onOpenChange={(open) => !open && setFailure(null)}
        title="The file could not be imported"
        text={failureWords(failure)}
        width={480}
        foot={
          <Button variant="main" onClick={() => setFailure(null)}>
            Close
          </Button>
        }
      >
        {failure instanceof AppError && failure.errors.length > 0 && <Mistakes mistakes={failure.errors} />}
      </Dialog>
    </>
  );
}

function failureWords(failure: unknown): string {
  if (failure instanceof AppError && failure.code === 'bad_request') {
    return 'It does not have the form of a flow. Mend these places in the file, or export the flow again.';
  }
  const { what, next } = errorWords(failure);
  return failure === null ? '' : `${what} ${next}`;
}

const Mistakes = ({ mistakes }: { mistakes: readonly FieldError[] }) => (
  <ul className="mt-3 flex max-h-60 flex-col gap-1 overflow-auto rounded-control bg-sunken p-3 text-12">
    {mistakes.slice(0, 50).map((mistake) => (
      <li key={`${mistake.path} ${mistake.message}`}>
        <InlineCode>{mistake.path.replace(/^\/file/, '') || '/'}</InlineCode> {mistake.message}
      </li>
    ))}
  </ul>
);
