/** Every step type there is: to add one, add a file to steps/ and a line here. */
import type { StepType } from './step-type.ts';
import { agent } from './steps/agent.ts';
import { approval } from './steps/approval.ts';
import { chat } from './steps/chat.ts';
import { chunk } from './steps/chunk.ts';
import { classify } from './steps/classify.ts';
import { code } from './steps/code.ts';
import { documentText } from './steps/document-text.ts';
import { embed } from './steps/embed.ts';
import { extract } from './steps/extract.ts';
import { fileRead } from './steps/file-read.ts';
import { fileWrite } from './steps/file-write.ts';
import { httpRequest } from './steps/http-request.ts';
import { ifStep } from './steps/if.ts';
import { input } from './steps/input.ts';
import { map } from './steps/map.ts';
import { merge } from './steps/merge.ts';
import { output } from './steps/output.ts';
import { readText } from './steps/read-text.ts';
import { schedule } from './steps/schedule.ts';
import { subFlow } from './steps/sub-flow.ts';
import { switchStep } from './steps/switch.ts';
import { template } from './steps/template.ts';
import { transform } from './steps/transform.ts';
import { vectorSearch } from './steps/vector-search.ts';
import { vectorUpsert } from './steps/vector-upsert.ts';
import { wait } from './steps/wait.ts';
import { webhook } from './steps/webhook.ts';

export const stepTypes: readonly StepType[] = [
  input,
  output,
  schedule,
  webhook,
  template,
  transform,
  documentText,
  chunk,
  ifStep,
  switchStep,
  map,
  merge,
  wait,
  approval,
  subFlow,
  chat,
  agent,
  extract,
  classify,
  embed,
  vectorUpsert,
  vectorSearch,
  httpRequest,
  fileRead,
  fileWrite,
  readText,
  code,
];

const byName: ReadonlyMap<string, StepType> = new Map(stepTypes.map((one) => [one.type, one]));

/** Null for a type that this version does not know. */
export function stepType(name: string): StepType | null {
  return byName.get(name) ?? null;
}
