import { templatedTexts } from '../../shared/flows/form.ts';
import { stepType } from '../../shared/flows/registry.ts';
import { portsFrom, type StepType } from '../../shared/flows/step-type.ts';
import { readTemplate, usesOf } from '../../shared/flows/template.ts';
import type { FlowEdge, FlowFile, FlowStep } from '../../shared/model/flow.ts';
import { compileLevel, type Level } from './plan.ts';

/** A step with its type, as a run works with it. */
export interface CompiledStep {
  readonly step: FlowStep;
  readonly type: StepType;
  /** Every step that its templates name, wherever it stands. */
  readonly mentions: readonly string[];
}

export interface CompiledLevel {
  /** The Map step around it; null at the top. */
  readonly container: CompiledStep | null;
  readonly level: Level;
  readonly steps: readonly CompiledStep[];
  /** Edges into the container's inner ports, by port. */
  readonly results: ReadonlyMap<string, FlowEdge>;
}

/** A flow ready to run: one level for the top and one for each Map, keyed by the container's id, '' at the top. */
export interface CompiledFlow {
  readonly file: FlowFile;
  readonly steps: ReadonlyMap<string, CompiledStep>;
  readonly levels: ReadonlyMap<string, CompiledLevel>;
}

/** Compiles a flow that has been found valid; steps of unknown types are left out. */
export function compileFlow(file: FlowFile): CompiledFlow {
  const steps = new Map(file.steps.flatMap((step) => compileStep(step)));
  const levels = new Map<string, CompiledLevel>();
  const containers = [...steps.values()].filter(({ type }) => type.executes === 'container');
  for (const container of [null, ...containers]) {
    levels.set(container?.step.id ?? '', compileInside(file, steps, container));
  }
  return { file, steps, levels };
}

export function levelOf(flow: CompiledFlow, container: string): CompiledLevel {
  const level = flow.levels.get(container);
  if (level === undefined) throw new Error(`The flow has no level ${container}`);
  return level;
}

function compileStep(step: FlowStep): [string, CompiledStep][] {
  const type = stepType(step.type);
  if (type === null) return [];
  const mentions = templatedTexts(type.config, step.config).flatMap(({ text }) => mentionsIn(text));
  return [[step.id, { step, type, mentions: [...new Set(mentions)] }]];
}

function mentionsIn(text: string): string[] {
  try {
    return usesOf(readTemplate(text)).flatMap(({ segments: [root, id] }) =>
      root === 'steps' && typeof id === 'string' ? [id] : [],
    );
  } catch {
    return []; // A broken template is told when its step runs.
  }
}

function compileInside(
  file: FlowFile,
  steps: ReadonlyMap<string, CompiledStep>,
  container: CompiledStep | null,
): CompiledLevel {
  const parent = container?.step.id;
  const inside = [...steps.values()].filter(({ step }) => step.parent === parent);
  const ids = new Set(inside.map(({ step }) => step.id));
  const edges = file.edges.filter(({ from, to }) => ids.has(to.step) && (ids.has(from.step) || from.step === parent));
  const results = file.edges.filter(({ from, to }) => to.step === parent && ids.has(from.step));
  const level = compileLevel({
    edges,
    steps: inside.map((one) => ({
      id: one.step.id,
      required: portsFrom(one.type.inputs, one.step.config).flatMap(({ name, required }) =>
        required === true ? [name] : [],
      ),
      mentions: mentionsWithin(one, steps, ids),
    })),
  });
  return { container, level, steps: inside, results: new Map(results.map((edge) => [edge.to.port, edge])) };
}

/** What a step, and everything inside it, mentions, as steps of its own level. */
function mentionsWithin(
  one: CompiledStep,
  steps: ReadonlyMap<string, CompiledStep>,
  level: ReadonlySet<string>,
): string[] {
  const mentioned = [...steps.values()]
    .filter((other) => isWithin(other, one, steps))
    .flatMap(({ mentions }) => mentions)
    .map((id) => ancestorIn(id, steps, level));
  return [...new Set(mentioned)].filter((id): id is string => id !== null && id !== one.step.id);
}

function isWithin(inner: CompiledStep, outer: CompiledStep, steps: ReadonlyMap<string, CompiledStep>): boolean {
  for (let at: CompiledStep | undefined = inner; at !== undefined; at = steps.get(at.step.parent ?? '')) {
    if (at === outer) return true;
  }
  return false;
}

function ancestorIn(id: string, steps: ReadonlyMap<string, CompiledStep>, level: ReadonlySet<string>): string | null {
  for (let at = steps.get(id); at !== undefined; at = steps.get(at.step.parent ?? '')) {
    if (level.has(at.step.id)) return at.step.id;
  }
  return null;
}
