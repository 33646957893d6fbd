import { useQuery } from '@tanstack/react-query';
import { setPlacement } from '../../../../shared/flows/edit.ts';
import { stepType } from '../../../../shared/flows/registry.ts';
import type { Config } from '../../../../shared/flows/step-type.ts';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import type { Node } from '../../../../shared/model/node.ts';
import { useApi } from '../../../api/api.ts';
import { nodesQuery } from '../../../api/queries.ts';
import { toMachine } from '../../../app/machines.ts';
import { useWorkspace } from '../../../app/workspace.ts';
import { Chip } from '../../../ui/chip.tsx';
import { Field } from '../../../ui/field.tsx';
import { Input } from '../../../ui/input.tsx';
import { MachineChip } from '../../../ui/machine-chip.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { formatMemory, formatPlural } from '../../../ui/numbers.ts';
import { Select } from '../../../ui/select.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { useBuilder } from '../model/builder.ts';
import { answersOf, type NodeAnswer, needsOf, verdict } from './where.ts';

const anyNode = 'any';

/** Where a step may run: what it needs, who could run it now, and why the others can't. */
export function WherePanel({ step }: { step: FlowStep }) {
  const { flow, readOnly } = useBuilder();
  const nodes = useQuery(nodesQuery(useApi(), useWorkspace().id));
  const type = stepType(step.type);
  if (nodes.data === undefined) return <Skeleton width="100%" height={160} />;
  const needs = needsOf(type, { ...type?.defaults, ...step.config } as Config, step.placement);
  const answers = answersOf(nodes.data, needs);
  const set = (placement: NonNullable<FlowStep['placement']>) =>
    flow.edit((doc, origin) =>
      setPlacement(doc, step.id, Object.keys(placement).length === 0 ? undefined : placement, origin),
    );
  const { nodeId, tags } = step.placement ?? {};
  const known = [...new Set(nodes.data.flatMap((node) => node.tags))].sort();
  return (
    <>
      <div className="flex flex-wrap gap-1.5">
        <Chip look="line">{formatPlural(needs.cores, 'core')}</Chip>
        <Chip look="line">{`${formatMemory(needs.ramMb)} of memory`}</Chip>
        {needs.kind !== null && <Chip look="line">{kindWords(needs.kind)}</Chip>}
        {(tags ?? []).map((tag) => (
          <Chip key={tag} look="line">{`tag: ${tag}`}</Chip>
        ))}
      </div>
      <Notice tone="answer" live>
        <b>{verdict(answers)}</b>
      </Notice>
      <Field label="Machine">
        <Select
          value={nodeId ?? anyNode}
          disabled={readOnly}
          options={[
            { value: anyNode, label: 'Any node' },
            ...nodes.data.map((node) => ({
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
      <ul className="flow-answers">
        {answers.map((answer) => (
          <Answer key={answer.node.id} answer={answer} />
        ))}
      </ul>
    </>
  );
}

function Answer({ answer: { node, fits, now, reason } }: { answer: NodeAnswer }) {
  return (
    <li>
      <MachineChip {...toMachine(node)} size={20} />
      <div className="min-w-0">
        <div className="row gap-2">
          <b className="cut">{node.name}</b>
          <span className={`end ${now ? 'text-signal-line font-medium' : node.status === 'lost' ? 'text-fail' : ''}`}>
            {standing(node, fits, now)}
          </span>
        </div>
        <div className="text-12 text-ink-2">{reason}</div>
      </div>
    </li>
  );
}

function standing(node: Node, fits: boolean, now: boolean): string {
  if (now) return 'now';
  if (fits) return 'when free';
  return node.status === 'lost' ? 'lost' : node.status === 'away' || !node.available ? 'away' : 'not able';
}

const kindWords = (kind: string): string => ({ ocr: 'reads images', script: 'runs code' })[kind] ?? kind;

const readTags = (text: string): string[] =>
  [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    ),
  ].slice(0, 16);
