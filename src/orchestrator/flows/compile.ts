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

/** Steps that stand already, whatever leads to them, and the only ones at the top that there are; null for all (F7). */
export interface Settled {
  readonly standing: ReadonlySet<string>;
  readonly only: ReadonlySet<string> | null;
}

const nothing: Settled = { standing: new Set(), only: null };

/** Compiles a flow that has been found valid; steps of unknown types are left out. Linear in the flow (F3). */
export function compileFlow(file: FlowFile, { standing, only }: Settled = nothing): CompiledFlow {
  const steps = new Map(file.steps.flatMap((step) => compileStep(step)));
  const inPlay = [...steps.values()].filter(
    ({ step }) => only === null || step.parent !== undefined || only.has(step.id),
  );
  const parts: Parts = {
    standing,
    inside: Map.groupBy(inPlay, ({ step }) => step.parent ?? ''),
    edgesTo: Map.groupBy(file.edges, ({ to }) => to.step),
    waits: waitsOf(steps),
  };
  const containers = [...steps.values()].filter(({ type }) => type.executes === 'container');
  const levels = [null, ...containers].map(
    (container) => [container?.step.id ?? '', compileInside(parts, steps, container)] as const,
  );
  return { file, steps, levels: new Map(levels) };
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

/** What all levels are cut from, grouped once. */
interface Parts {
  readonly standing: ReadonlySet<string>;
  readonly inside: ReadonlyMap<string, readonly CompiledStep[]>;
  readonly edgesTo: ReadonlyMap<string, readonly FlowEdge[]>;
  readonly waits: ReadonlyMap<string, ReadonlySet<string>>;
}

function compileInside(
  { standing, inside, edgesTo, waits }: Parts,
  steps: ReadonlyMap<string, CompiledStep>,
  container: CompiledStep | null,
): CompiledLevel {
  const parent = container?.step.id;
  const here = inside.get(parent ?? '') ?? [];
  const ids = new Set(here.map(({ step }) => step.id));
  const level = compileLevel({
    edges: here.flatMap(({ step }) =>
      (standing.has(step.id) ? [] : (edgesTo.get(step.id) ?? [])).filter(
        ({ from }) => from.step !== step.id && (ids.has(from.step) || from.step === parent),
      ),
    ),
    steps: here.map(({ step, type }) => ({
      id: step.id,
      required: portsFrom(type.inputs, step.config).flatMap(({ name, required }) => (required === true ? [name] : [])),
      mentions: standing.has(step.id) ? [] : [...(waits.get(step.id) ?? [])],
    })),
  });
  const results = resultEdges(edgesTo.get(parent ?? '') ?? [], container, steps);
  return { container, level, steps: here, results: new Map(results.map((edge) => [edge.to.port, edge])) };
}

/** Edges into a container's inner ports: from what stands in it, or straight from another inner port. */
function resultEdges(
  edges: readonly FlowEdge[],
  container: CompiledStep | null,
  steps: ReadonlyMap<string, CompiledStep>,
): FlowEdge[] {
  const id = container?.step.id;
  return edges.filter(({ from }) => from.step === id || steps.get(from.step)?.step.parent === id);
}

/** Whom each step waits for because of templates, as steps of its own level: a Map waits for what its inside names. */
function waitsOf(steps: ReadonlyMap<string, CompiledStep>): Map<string, Set<string>> {
  const waits = new Map<string, Set<string>>();
  for (const one of steps.values()) {
    for (const mention of one.mentions) {
      const pair = meeting(around(one.step.id, steps), around(mention, steps));
      if (pair === null) continue;
      waits.set(pair.waiting, (waits.get(pair.waiting) ?? new Set()).add(pair.awaited));
    }
  }
  return waits;
}

/** A step and the containers around it, from the inside out. */
function around(id: string, steps: ReadonlyMap<string, CompiledStep>): CompiledStep[] {
  const found: CompiledStep[] = [];
  for (let at = steps.get(id); at !== undefined && !found.includes(at); at = steps.get(at.step.parent ?? ''))
    found.push(at);
  return found;
}

/** Where the two ways out meet: the two different steps that stand side by side. */
function meeting(
  waiting: readonly CompiledStep[],
  awaited: readonly CompiledStep[],
): { waiting: string; awaited: string } | null {
  for (const one of waiting) {
    const other = awaited.find(({ step }) => step.parent === one.step.parent);
    if (other !== undefined) return other === one ? null : { waiting: one.step.id, awaited: other.step.id };
  }
  return null;
}
