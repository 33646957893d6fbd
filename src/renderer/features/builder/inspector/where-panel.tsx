import { useQuery } from '@tanstack/react-query';
import { setPlacement } from '../../../../shared/flows/edit.ts';
import { stepType } from '../../../../shared/flows/registry.ts';
import type { Config } from '../../../../shared/flows/step-type.ts';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import type { Help, NodeAnswer, Placement } from '../../../../shared/model/job.ts';
import type { Node } from '../../../../shared/model/node.ts';
import { useApi } from '../../../api/api.ts';
import { errorWords } from '../../../api/error-words.ts';
import { nodesQuery } from '../../../api/queries.ts';
import { toMachine } from '../../../app/machines.ts';
import { useWorkspace } from '../../../app/workspace.ts';
import { Button } from '../../../ui/button.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { ErrorPanel } from '../../../ui/error-state.tsx';
import { Field } from '../../../ui/field.tsx';
import { Input } from '../../../ui/input.tsx';
import { MachineChip, machineColour } from '../../../ui/machine-chip.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { formatCount, formatMemory, formatPlural } from '../../../ui/numbers.ts';
import { Select } from '../../../ui/select.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { useBuilder, useRun } from '../model/builder.ts';
import { gpuBars, gpuScale, type Needs, needsOf, standing } from './where.ts';

const anyNode = 'any';

/** Where a step may run: what it needs, who could run it and when, why the others can't, what would help. The host says it. */
export function WherePanel({ step }: { step: FlowStep }) {
  const { flow, readOnly } = useBuilder();
  const nodes = useQuery(nodesQuery(useApi(), useWorkspace().id));
  const type = stepType(step.type);
  const needs = needsOf(type, { ...type?.defaults, ...step.config } as Config, step.placement);
  const set = (placement: NonNullable<FlowStep['placement']>) =>
    flow.edit((doc, origin) =>
      setPlacement(doc, step.id, Object.keys(placement).length === 0 ? undefined : placement, origin),
    );
  const { nodeId, tags } = step.placement ?? {};
  const known = [...new Set((nodes.data ?? []).flatMap((node) => node.tags))].sort();
  return (
    <>
      <NeedChips needs={needs} />
      {needs.kind === null ? (
        <p className="text-12 text-ink-3">What it asks of a machine shows once its settings are complete.</p>
      ) : (
        <Answers step={step} needs={needs} nodes={nodes.data ?? noNodes} set={set} />
      )}
      <Field label="Machine">
        <Select
          value={nodeId ?? anyNode}
          disabled={readOnly}
          options={[
            { value: anyNode, label: 'Any node' },
            ...(nodes.data ?? []).map((node) => ({
              value: node.id,
              label: node.name,
              lead: <MachineChip {...toMachine(node)} />,
            })),
          ]}
          onChange={(value) =>
            set({ ...(tags === undefined ? {} : { tags }), ...(value === anyNode ? {} : { nodeId: value }) })
          }
        />
      </Field>
      <Field
        label="Tags"
        help={
          known.length > 0
            ? `Nodes here have: ${known.join(', ')}`
            : 'With commas between; only nodes that have all of them'
        }
      >
        <Input
          key={step.id}
          defaultValue={(tags ?? []).join(', ')}
          readOnly={readOnly}
          onBlur={(event) => {
            const wanted = readTags(event.target.value);
            set({ ...(nodeId === undefined ? {} : { nodeId }), ...(wanted.length === 0 ? {} : { tags: wanted }) });
          }}
        />
      </Field>
    </>
  );
}

const noNodes: readonly Node[] = [];
const askAgainMs = 5000;

function NeedChips({ needs: { kind, requires } }: { needs: Needs }) {
  const { cores = 1, ramMb = 256, gpuMemoryMb, model, tags = [] } = requires;
  return (
    <div className="flex flex-wrap gap-1.5">
      {model !== undefined && (
        <Chip look="line" mono>
          {model}
        </Chip>
      )}
      <Chip look="line">{formatPlural(cores, 'core')}</Chip>
      <Chip look="line">{`${formatMemory(ramMb)} of memory`}</Chip>
      {gpuMemoryMb !== undefined && <Chip look="line">{`${formatMemory(gpuMemoryMb)} in one GPU`}</Chip>}
      {kind !== null && <Chip look="line">{kindWords(kind)}</Chip>}
      {tags.map((tag) => (
        <Chip key={tag} look="line">{`tag: ${tag}`}</Chip>
      ))}
    </div>
  );
}

interface AnswersProps {
  step: FlowStep;
  needs: Needs;
  nodes: readonly Node[];
  set: (placement: NonNullable<FlowStep['placement']>) => void;
}

/** The host's answer, asked for again while one looks: of the job that waits, else of such a job. */
function Answers({ step, needs, nodes, set }: AnswersProps) {
  const { readOnly } = useBuilder();
  const placement = useExplanation(step, needs);
  if (placement.isPending) return <Skeleton width="100%" height={160} />;
  if (placement.isError)
    return (
      <ErrorPanel
        title="The host did not say who could run it"
        onRetry={() => void placement.refetch()}
        retrying={placement.isFetching}
      >
        {errorWords(placement.error).what}
      </ErrorPanel>
    );
  const needed = needs.requires.gpuMemoryMb ?? null;
  const { summary, nodes: answers, helps } = placement.data;
  return (
    <>
      <Notice tone="answer" live>
        <b>{summary}</b>
      </Notice>
      <ul className="flow-answers">
        {answers.map((answer) => (
          <Answer
            key={answer.nodeId}
            answer={answer}
            node={nodes.find((node) => node.id === answer.nodeId)}
            needed={needed}
            scale={gpuScale(nodes, needed ?? 0)}
          />
        ))}
      </ul>
      {helps.length > 0 && (
        <section className="flow-helps">
          <h2>What would help</h2>
          <ul>
            {helps.map((help) => (
              <li key={`${help.code}|${help.text}`}>
                <span>{help.text}</span>
                <span className="end">{`${formatCount(help.nodes)} could, ${formatCount(help.now)} now`}</span>
                {!readOnly && (help.code === 'any_machine' || help.code === 'fewer_tags') && (
                  <Button size="s" onClick={() => set(placementFrom(help))}>
                    Use it
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** What of a help the step's own placement can take up. */
function placementFrom({ requires }: Help): NonNullable<FlowStep['placement']> {
  const { nodeId, tags = [] } = requires ?? {};
  return { ...(nodeId === undefined ? {} : { nodeId }), ...(tags.length === 0 ? {} : { tags }) };
}

function useExplanation(step: FlowStep, { kind, requires }: Needs) {
  const { host } = useApi();
  const { id } = useWorkspace();
  const waiting = useRun((run) => {
    const instance = run.overlay?.steps.get(step.id);
    return instance?.state === 'ready' ? instance.jobId : undefined;
  });
  return useQuery<Placement>({
    queryKey: ['workspace', id, 'explain', waiting ?? { kind, requires }],
    queryFn: ({ signal }) =>
      waiting === undefined
        ? host.client.call('explainNeed', { params: { id }, body: { kind: kind ?? '', requires }, signal })
        : host.client.call('explainJob', { params: { id: waiting }, signal }),
    refetchInterval: askAgainMs,
    placeholderData: (before) => before,
  });
}

interface AnswerProps {
  answer: NodeAnswer;
  node: Node | undefined;
  needed: number | null;
  scale: number;
}

function Answer({ answer, node, needed, scale }: AnswerProps) {
  return (
    <li>
      {node === undefined ? <span /> : <MachineChip {...toMachine(node)} size={20} />}
      <div className="min-w-0">
        <div className="row gap-2">
          <b className="cut">{answer.name}</b>
          <span className={`end ${answer.fits ? 'text-signal-line font-medium' : ''}`}>{standing(answer)}</span>
        </div>
        <div className="text-12 text-ink-2">{answer.reason}</div>
        {needed !== null && node !== undefined && <GpuBars node={node} needed={needed} scale={scale} />}
      </div>
    </li>
  );
}

/** What owners share of each GPU in the node's colour, the rest hatched; a tick at what is needed, at one place in all bars. */
function GpuBars({ node, needed, scale }: { node: Node; needed: number; scale: number }) {
  const share = (part: number) => `${part * 100}%`;
  return (
    <div className="flow-gpus" style={machineColour(node.colour)} aria-hidden="true">
      {gpuBars(node, scale).map((bar) => (
        <div key={bar.id}>
          <i style={{ width: share(bar.shared) }} />
          <i data-kept="" style={{ width: share(bar.length - bar.shared) }} />
        </div>
      ))}
      <b style={{ left: share(needed / scale) }} />
    </div>
  );
}

const kindWords = (kind: string): string =>
  ({ ocr: 'reads images', document: 'reads documents', script: 'runs code' })[kind] ?? kind;

const readTags = (text: string): string[] =>
  [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    ),
  ].slice(0, 16);
