/**
 * What a step type is. One file per type in steps/, listed in registry.ts. A step acts only through its arguments, so it
 * is pure, and the same file serves the builder (form, ports, words) and the orchestrator (running it).
 */
import type { Static, TObject, TProperties } from 'typebox';
import type { ApprovalDeciders, ApprovalFallback } from '../model/approval.ts';
import type { Requirements } from '../model/job.ts';
import type { PortType } from './types.ts';

export interface Port {
  readonly name: string;
  readonly title: string;
  readonly type: PortType;
  /** Inputs: the step is skipped when everything wired to it has died, and the flow is not valid without a value. */
  readonly required?: boolean;
  /** Inputs: takes several edges; the step gets an array of `Delivery`. */
  readonly multiple?: boolean;
  /** Inputs: the field of the settings that gives the value where no edge leads here (typed in, or a template). */
  readonly field?: string;
  readonly description?: string;
}

/** What arrives at a port that takes several edges, one per edge that is alive, in the order of the edges' ids. */
export interface Delivery {
  readonly step: string;
  readonly port: string;
  readonly value: unknown;
}

export type Config = Readonly<Record<string, unknown>>;
export type Values = Readonly<Record<string, unknown>>;
/** The type that is wired to an input port, `any` where nothing is. */
export type WiredType = (port: string) => PortType;
export type Ports<C> = readonly Port[] | ((config: C, wired: WiredType) => readonly Port[]);

export type StepCategory = 'start' | 'text' | 'data' | 'logic' | 'ai' | 'code';

/** What a step may know besides its inputs and settings. */
export interface StepContext {
  readonly stepId: string;
  /** Values given when the run was started, by name of the input. */
  readonly runInputs: Values;
  /** When the run was started, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/** The job that a step becomes. */
export interface StepJob {
  readonly kind: string;
  readonly input: unknown;
  readonly requires: Partial<Requirements>;
  /** Seconds that one attempt may run. */
  readonly runSeconds: number;
  /** For lists of jobs: what it does, to what. */
  readonly label: string;
}

interface Described<C> {
  /** Names the type in flow files; never renamed. */
  readonly type: string;
  /** Raised when the same inputs and settings give something else than before, so that no cached result is taken (F6). */
  readonly version?: number;
  readonly name: string;
  readonly description: string;
  /** A Lucide icon, in kebab-case. */
  readonly icon: string;
  readonly category: StepCategory;
  /** The settings; annotations of each property make the form (form.ts). */
  readonly config: TObject;
  readonly defaults: C;
  readonly inputs: Ports<C>;
  readonly outputs: Ports<C>;
  readonly sideEffects: boolean;
  readonly size: { readonly width: number; readonly height?: number };
  /** Writes text as it works, which the canvas shows as it comes (F9). */
  readonly streams?: true;
  /** Starts runs by itself while the flow's triggers are on (model/trigger.ts). */
  readonly trigger?: 'schedule' | 'webhook';
  /** Mistakes in the settings that their schema cannot tell, by field. */
  problems?(config: C): readonly { readonly field: string; readonly message: string }[];
  /** A few words for the foot of the step, from its settings. */
  describe(config: C): string;
  /** The same from what it gave, where that says more: "48 images". */
  summary?(outputs: Values, config: C): string;
}

/** Runs in the orchestrator, under 1 ms (F10): an output that is absent is dead, and so are the edges from it. */
export interface InlineStep<C = Config> extends Described<C> {
  readonly executes: 'inline';
  run(context: StepContext, inputs: Values, config: C): Values;
}

/** Becomes a job on a node. */
export interface JobStep<C = Config> extends Described<C> {
  readonly executes: 'job';
  job(config: C, inputs: Values, context: StepContext & { readonly name: string }): StepJob;
  fromResult(result: unknown, config: C): Values;
}

/** Holds an inner graph; edges cross its border only through its inner ports. */
export interface ContainerStep<C = Config> extends Described<C> {
  readonly executes: 'container';
  /** What the inner graph is given; they stand at the inner left edge, as outputs. */
  readonly innerOutputs: Ports<C>;
  /** What the inner graph delivers; they stand at the inner right edge, as inputs. */
  readonly innerInputs: Ports<C>;
  /** The types at the container's own ports follow from what is wired inside. */
  readonly limits: (config: C) => { concurrency: number; onItemError: 'fail' | 'leave_out' | 'null' };
}

/** What a step waits for, as data: the orchestrator keeps it, and wakes the step when it is there. */
export type Hold =
  /** Milliseconds from now, or a time in milliseconds since the Unix epoch; a time that is over is over at once. */
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'wait'; readonly until: number }
  | {
      readonly kind: 'approval';
      readonly question: string;
      /** What there is to decide on. */
      readonly shown: unknown;
      readonly deciders: ApprovalDeciders;
      /** Milliseconds from now until the fallback decides. */
      readonly forMs: number;
      readonly fallback: ApprovalFallback;
    }
  /** A run of another flow of the workspace, with these inputs. */
  | { readonly kind: 'flow'; readonly flowId: string; readonly inputs: Values };

/** How it ended; a wait that fails does not come back to the step. */
export type Release =
  | { readonly by: 'time' }
  | { readonly by: 'decision'; readonly approved: boolean; readonly note: string; readonly decidedBy: string | null }
  | { readonly by: 'run'; readonly outputs: Values };

/** Waits without working, through restarts (F8); `release` gives the outputs from the inputs, which are gathered again. */
export interface HoldStep<C = Config> extends Described<C> {
  readonly executes: 'hold';
  hold(config: C, inputs: Values, context: StepContext & { readonly name: string }): Hold;
  release(release: Release, inputs: Values, config: C): Values;
}

export type StepType = InlineStep | JobStep | ContainerStep | HoldStep;

/** Declares a step type with its settings typed; the registry and the engine see them as plain values. */
export function defineInline<P extends TProperties>(
  step: Omit<InlineStep<Static<TObject<P>>>, 'config'> & { config: TObject<P> },
): InlineStep {
  const plain = step as unknown as InlineStep;
  return {
    ...plain,
    ...filled(plain),
    run: (context, inputs, config) => plain.run(context, inputs, fill(plain, config)),
  };
}
export function defineJob<P extends TProperties>(
  step: Omit<JobStep<Static<TObject<P>>>, 'config'> & { config: TObject<P> },
): JobStep {
  const plain = step as unknown as JobStep;
  return {
    ...plain,
    ...filled(plain),
    job: (config, inputs, context) => plain.job(fill(plain, config), inputs, context),
    fromResult: (result, config) => plain.fromResult(result, fill(plain, config)),
  };
}
export function defineHold<P extends TProperties>(
  step: Omit<HoldStep<Static<TObject<P>>>, 'config'> & { config: TObject<P> },
): HoldStep {
  const plain = step as unknown as HoldStep;
  return {
    ...plain,
    ...filled(plain),
    hold: (config, inputs, context) => plain.hold(fill(plain, config), inputs, context),
    release: (release, inputs, config) => plain.release(release, inputs, fill(plain, config)),
  };
}
export function defineContainer<P extends TProperties>(
  step: Omit<ContainerStep<Static<TObject<P>>>, 'config'> & { config: TObject<P> },
): ContainerStep {
  const plain = step as unknown as ContainerStep;
  return {
    ...plain,
    ...filled(plain),
    innerInputs: filledPorts(plain, plain.innerInputs),
    innerOutputs: filledPorts(plain, plain.innerOutputs),
    limits: (config) => plain.limits(fill(plain, config)),
  };
}

/** A file written by hand may leave out settings that have a default; no step has to mind. */
function fill(step: Pick<StepType, 'defaults'>, config: Config): Config {
  return { ...step.defaults, ...config };
}

function filled(
  step: StepType,
): Pick<StepType, 'inputs' | 'outputs' | 'describe'> & Pick<InlineStep, 'summary' | 'problems'> {
  const { summary, problems } = step;
  return {
    inputs: filledPorts(step, step.inputs),
    outputs: filledPorts(step, step.outputs),
    describe: (config) => step.describe(fill(step, config)),
    ...(summary === undefined ? {} : { summary: (outputs, config) => summary(outputs, fill(step, config)) }),
    ...(problems === undefined ? {} : { problems: (config) => problems(fill(step, config)) }),
  };
}

function filledPorts(step: StepType, ports: Ports<Config>): Ports<Config> {
  return typeof ports === 'function' ? (config, wired) => ports(fill(step, config), wired) : ports;
}

export function portsFrom<C>(ports: Ports<C>, config: C, wired: WiredType = () => 'any'): readonly Port[] {
  return typeof ports === 'function' ? ports(config, wired) : ports;
}

/** Why a step could not do its work, in words: a stable code, what happened, and what to do next. */
export class StepFailure extends Error {
  readonly code: string;
  readonly next: string | undefined;

  constructor(code: string, message: string, next?: string) {
    super(message);
    this.name = 'StepFailure';
    this.code = code;
    this.next = next;
  }
}
