/** Which of the models that a workspace can reach a new sample uses. Pure. */
import { modelRefText, type ReachableModel } from '../model/inference.ts';

export interface ChosenModels {
  /** As settings hold them; empty where there is none. */
  readonly chat: string;
  readonly embeddings: string;
}

/** The first that answers now: what says that it does this before what does not say. */
export function chooseModels(models: readonly ReachableModel[]): ChosenModels {
  const ready = models.filter(({ key, nodes }) => key?.enabled === true || nodes.some(({ online }) => online));
  const first = (...kinds: readonly ReachableModel['kind'][]) => {
    const found = kinds.map((kind) => ready.find((model) => model.kind === kind)).find((one) => one !== undefined);
    return found === undefined ? '' : modelRefText(found.ref);
  };
  return { chat: first('chat', 'unknown'), embeddings: first('embeddings') };
}
