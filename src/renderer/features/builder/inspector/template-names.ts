import { useMemo } from 'react';
import { inputValue } from '../../../../shared/flows/steps/input.ts';
import type { TemplateName } from '../../../../shared/flows/template-completions.ts';
import { templateNames } from '../../../../shared/flows/template-names.ts';
import { formatCount } from '../../../ui/numbers.ts';
import { useFlow } from '../model/builder.ts';
import { graphOf } from '../model/ports.ts';
import { inCell } from './value-kind.ts';

export interface KnownName extends TemplateName {
  /** What it is now, in short, where that is known: "EUR", 48 items. */
  example?: string;
}

/** What the templates of a step may name. */
export function useTemplateNames(stepId: string): readonly KnownName[] {
  const graph = useFlow(graphOf);
  return useMemo(
    () =>
      templateNames(graph, stepId).map((name) => {
        const input = graph.inputs.get(/^inputs\.(.+)$/.exec(name.path)?.[1] ?? '');
        const value = input === undefined ? undefined : inputValue({ id: input.id, config: input.config }, {});
        const example = exampleOf(value);
        return example === null ? name : { ...name, example };
      }),
    [graph, stepId],
  );
}

function exampleOf(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (Array.isArray(value)) return `${formatCount(value.length)} items`;
  const text = typeof value === 'string' ? JSON.stringify(value) : inCell(value);
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
