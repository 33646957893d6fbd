import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { OutputChunk } from '../../../shared/model/job.ts';
import type { Node } from '../../../shared/model/node.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { useJobEnd } from '../../api/use-job-end.ts';
import { useJobOutput } from '../../api/use-job-output.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { MachineChip } from '../../ui/machine-chip.tsx';
import { Notice } from '../../ui/notice.tsx';
import { formatBytes } from '../../ui/numbers.ts';
import { Select } from '../../ui/select.tsx';
import { Meter } from '../../ui/usage-bar.tsx';

/** Has a node fetch a model by name, and shows how far it is. Closing leaves it going on. */
export function FetchModel({ nodes, onClose }: { nodes: readonly Node[]; onClose: () => void }) {
  const { client } = useApi().host;
  const form = useId();
  const [model, setModel] = useState('');
  const [nodeId, setNodeId] = useState(nodes[0]?.id ?? '');
  const start = useMutation({
    mutationFn: () =>
      client.call('changeNodeModels', { params: { id: nodeId }, body: { action: 'pull', model: model.trim() } }),
  });
  const jobId = start.data?.jobId;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Fetch a model"
      text="Ollama on the node fetches it from where it gets its models. The owner of the node has allowed this."
      width={460}
      foot={
        jobId === undefined ? (
          <Button type="submit" form={form} variant="main" pending={start.isPending} disabled={model.trim() === ''}>
            Fetch
          </Button>
        ) : (
          <Button onClick={onClose}>Close</Button>
        )
      }
    >
      <form
        id={form}
        className="mt-3 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <Field
          label="Model"
          help="As Ollama names it, for example qwen3:8b."
          error={start.isError ? errorWords(start.error).what : undefined}
        >
          <Input
            mono
            autoFocus
            spellCheck={false}
            maxLength={200}
            value={model}
            disabled={jobId !== undefined}
            onChange={(event) => setModel(event.target.value)}
          />
        </Field>
        <Field label="Node">
          <Select
            value={nodeId}
            disabled={jobId !== undefined}
            options={nodes.map((node) => ({
              value: node.id,
              label: node.name,
              lead: <MachineChip colour={node.colour} mark={node.mark} />,
            }))}
            onChange={setNodeId}
          />
        </Field>
      </form>
      {jobId !== undefined && <Progress jobId={jobId} model={model.trim()} />}
    </Dialog>
  );
}

function Progress({ jobId, model }: { jobId: string; model: string }) {
  const { host } = useApi();
  const { chunks } = useJobOutput(jobId);
  const end = useJobEnd(jobId);
  const cancel = useMutation({ mutationFn: () => host.client.call('cancelJob', { params: { id: jobId } }) });
  if (end?.state === 'succeeded')
    return (
      <Notice tone="done" live className="mt-4">
        {model} is there.
      </Notice>
    );
  if (end !== null) {
    return (
      <Notice tone="fail" live className="mt-4">
        {end.error?.message ?? (end.state === 'cancelled' ? 'Stopped; nothing was kept.' : 'It did not come.')}
      </Notice>
    );
  }
  const { status, completed, total } = lastProgress(chunks);
  const known = completed !== undefined && total !== undefined && total > 0;
  return (
    <div className="mt-4">
      <div className="row justify-between text-12 text-ink-2">
        <span className="cut">{status ?? 'Waits for the node'}</span>
        {known && (
          <span>
            {formatBytes(completed)} of {formatBytes(total)}
          </span>
        )}
      </div>
      <div className="mt-2 row gap-3">
        <Meter className="flex-1" height={6} used={known ? completed / total : 0} label={`Fetching ${model}`} />
        <Button size="s" pending={cancel.isPending} onClick={() => cancel.mutate()}>
          Stop
        </Button>
      </div>
    </div>
  );
}

interface PullProgress {
  status?: string;
  completed?: number;
  total?: number;
}

function lastProgress(chunks: readonly OutputChunk[]): PullProgress {
  const last = chunks.findLast(({ stream }) => stream === 'progress');
  try {
    return last === undefined ? {} : (JSON.parse(last.text) as PullProgress);
  } catch {
    return {};
  }
}
