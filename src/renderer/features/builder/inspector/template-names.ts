import { useCallback } from 'react';
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import { inputValue } from '../../../../shared/flows/steps/input.ts';
import type { TemplateName } from '../../../../shared/flows/template-completions.ts';
import { templateNames } from '../../../../shared/flows/template-names.ts';
import { inCell } from '../../../app/value/shown.ts';
import { formatCount } from '../../../ui/numbers.ts';
import { useBuilder } from '../model/builder.ts';
import { graphOf } from '../model/ports.ts';

export interface KnownName extends TemplateName {
  /** What it is now, in short, where that is known: "EUR", 48 items. */
  example?: string;
}

/** What the templates of a step may name; worked out only when somebody types where a name may stand. */
export function useTemplateNames(stepId: string): () => readonly KnownName[] {
  const { flow } = useBuilder();
  return useCallback(() => namesOf(graphOf(flow.view.getState()), stepId), [flow, stepId]);
}

function namesOf(graph: FlowGraph, stepId: string): KnownName[] {
  return templateNames(graph, stepId).map((name) => {
    const input = graph.inputs.get(/^inputs\.(.+)$/.exec(name.path)?.[1] ?? '');
    const value = input === undefined ? undefined : inputValue({ id: input.id, config: input.config }, {});
    const example = exampleOf(value);
    return example === null ? name : { ...name, example };
  });
}

/** A value in a few letters; null for nothing. */
export function exampleOf(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (Array.isArray(value)) return `${formatCount(value.length)} items`;
  const text = typeof value === 'string' ? JSON.stringify(value) : inCell(value);
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
