import type { ModelChoices } from '../shared/services.ts';

export interface ModelOptions {
  modelServer?: string[];
  allowModelChanges?: boolean;
}

/** What was said about this machine's models; what was not said stays as it was. */
export function modelChoices(said: ModelOptions): ModelChoices {
  return {
    ...(said.modelServer === undefined ? {} : { servers: said.modelServer }),
    ...(said.allowModelChanges === undefined ? {} : { allowChanges: said.allowModelChanges }),
  };
}
