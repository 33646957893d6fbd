/** One question of an agent to its model, as a job: of the host for a model behind a key, of a node for one that is there. */
import type { AgentInput } from '../../shared/model/agent.ts';
import type { ChatInput, ChatMessage, ToolOffer } from '../../shared/model/inference.ts';
import type { Part } from './part-jobs.ts';

/** Seconds that one answer may take. */
const turnSeconds = 600;

export function turnJob(
  { model, parameters }: AgentInput,
  messages: readonly ChatMessage[],
  offers: readonly ToolOffer[],
  label: string,
): Part['job'] {
  const input: ChatInput = {
    task: 'chat',
    model: model.model,
    messages: [...messages],
    ...(parameters === undefined ? {} : { parameters }),
    ...(offers.length === 0 ? {} : { tools: [...offers] }),
  };
  const common = { runSeconds: turnSeconds, label };
  if (model.at === 'key') {
    const keyed = { ...input, keyId: model.keyId };
    return { ...common, kind: 'provider', input: keyed as never, requires: { cores: 0, ramMb: 0 } };
  }
  return {
    ...common,
    kind: 'inference',
    input: input as never,
    requires: { cores: 1, ramMb: 256, model: model.model },
  };
}
