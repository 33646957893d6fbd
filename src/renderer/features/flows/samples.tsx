import { useQuery } from '@tanstack/react-query';
import { Workflow } from 'lucide-react';
import { useState } from 'react';
import type { FlowSummary } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { samplesQuery } from '../../api/queries.ts';
import { readStored, writeStored } from '../../app/stored.ts';
import { useMay } from '../../app/workspace.ts';
import { Icon } from '../../ui/icon.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import type { FlowActions } from './flow-actions.ts';
import { needWords } from './templates/templates.ts';

interface SamplesProps {
  flows: readonly FlowSummary[];
  actions: FlowActions;
  /** Opens the gallery of all templates. */
  onAll: () => void;
}

/** Samples that no flow was made of yet, at the foot of the list, until they are hidden. */
export function Samples({ flows, actions, onAll }: SamplesProps) {
  const mayEdit = useMay('member');
  const all = useQuery(samplesQuery(useApi())).data ?? [];
  const samples = all.filter((sample) => !flows.some((flow) => flow.sample === sample.id));
  const [hidden, setHidden] = useState(() => readStored('samples') === 'hidden');
  if (!mayEdit || hidden || samples.length === 0) return null;
  const hide = () => {
    writeStored('samples', 'hidden');
    setHidden(true);
  };
  return (
    <section aria-label="Samples" className="mt-auto border-t border-line">
      <div className="row gap-2 px-5 pt-5 pb-3">
        <h2 className="font-strong">Samples</h2>
        <span className="cut text-12 text-ink-3">Press one to make it a flow of yours</span>
        <button type="button" className="link ml-auto text-12 whitespace-nowrap text-ink-2" onClick={onAll}>
          All templates
        </button>
        <button type="button" className="link text-12 text-ink-2" onClick={hide}>
          Hide
        </button>
      </div>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(260px,1fr))] gap-3 px-5 pb-5">
        {samples.map((sample) => (
          <li key={sample.id}>
            <button
              type="button"
              disabled={actions.create.isPending}
              title={[sample.description, ...sample.needs.map(({ words }) => words)].join(' ')}
              className="flex w-full items-start gap-3 rounded-panel border border-line bg-canvas px-3.5 py-3 text-left hover:border-line-2"
              onClick={() => actions.create.mutate({ sample: sample.id })}
            >
              <span className="grid size-8 flex-none place-items-center rounded-control bg-hover text-ink-2">
                <Icon of={Workflow} />
              </span>
              <span className="min-w-0 leading-[18px]">
                <span className="block font-strong">{sample.name}</span>
                <span className="block text-12 text-ink-3">
                  {formatPlural(sample.steps, 'step')}, {needWords(sample.needs)}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
