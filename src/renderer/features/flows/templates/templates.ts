/** What a new flow can be made from: the samples of the program and the flows of the workspace. Pure. */
import { chooseModels } from '../../../../shared/inference/first-models.ts';
import type { FlowPicture } from '../../../../shared/model/flow.ts';
import type { ReachableModel } from '../../../../shared/model/inference.ts';
import type { FlowSummary } from '../../../../shared/model/run.ts';
import type { SampleNeed, SampleSummary } from '../../../../shared/model/sample.ts';
import { formatPlural } from '../../../ui/numbers.ts';

export interface Template {
  id: string;
  from: { sample: string } | { copyOf: string };
  name: string;
  description: string;
  picture: FlowPicture;
  /** How large it is, and what it cannot do without. */
  words: string;
  /** What is not there yet, each with how to get it. */
  missing: readonly SampleNeed[];
}

/** `models` undefined: not known yet, so nothing is said to be missing. */
export function templateOfSample(sample: SampleSummary, models: readonly ReachableModel[] | undefined): Template {
  const missing = models === undefined ? [] : missingOf(sample.needs, models);
  const size = formatPlural(sample.steps, 'step');
  return {
    id: `sample ${sample.id}`,
    from: { sample: sample.id },
    name: sample.name,
    description: sample.description,
    picture: sample.picture,
    words: missing.length > 0 ? size : `${size}, ${needWords(sample.needs)}`,
    missing,
  };
}

export const templateOfFlow = (flow: FlowSummary): Template => ({
  id: flow.id,
  from: { copyOf: flow.id },
  name: flow.name,
  description: '',
  picture: flow.picture,
  words: formatPlural(flow.steps, 'step'),
  missing: [],
});

/** What a sample cannot do without, in a few words. */
export function needWords(needs: readonly SampleNeed[]): string {
  if (needs.length === 0) return 'runs at once';
  const kinds = needs.map(({ kind }) => (kind === 'embeddings' ? 'an embedding model' : 'a language model'));
  return `needs ${kinds.join(' and ')}`;
}

function missingOf(needs: readonly SampleNeed[], models: readonly ReachableModel[]): SampleNeed[] {
  const there = chooseModels(models);
  return needs.filter(({ kind }) => there[kind] === '');
}

/** The templates that say every word that is asked for, in their order. */
export function findTemplates(templates: readonly Template[], asked: string): Template[] {
  const wanted = asked.toLowerCase().split(/\s+/).filter(Boolean);
  return templates.filter(({ name, description, words, missing }) => {
    const text = [name, description, words, ...missing.map((need) => need.words)].join(' ').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
