/** Which names of a text's templates mean nothing at a step, for marking them while they are typed. Pure. */
import { type FlowGraph, meaningOf } from '../../../../shared/flows/graph.ts';
import { readTemplate, usesOf } from '../../../../shared/flows/template.ts';

/** A text in pieces: plain ones, and `{{ }}`, with what is not known in them. */
export interface Piece {
  text: string;
  template: boolean;
  unknown: boolean;
}

/** `field` is the path of the text in the settings: what gives an input its value does not see the inputs. */
export function piecesOf(graph: FlowGraph, stepId: string, field: string, text: string): Piece[] {
  return text.split(/(\{\{[\s\S]*?(?:\}\}|$))/).map((part, index) => ({
    text: part,
    template: index % 2 === 1,
    unknown: index % 2 === 1 && isUnknown(graph, stepId, field, part),
  }));
}

function isUnknown(graph: FlowGraph, stepId: string, field: string, part: string): boolean {
  const step = graph.steps.get(stepId);
  if (step === undefined || !part.endsWith('}}')) return false;
  const seesInputs = !step.ports.inputs.some((port) => port.field === field);
  try {
    return usesOf(readTemplate(part)).some(
      ({ segments }) => meaningOf(graph, step, segments, seesInputs).kind === 'unknown',
    );
  } catch {
    // What cannot be read yet is said by the finding of the field, with its place.
    return false;
  }
}
