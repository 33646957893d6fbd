/** A provider's API as the host calls it: one file per API in this folder. */

import type { Answer } from '../../shared/inference/answer.ts';
import type { Asked } from '../../shared/inference/openai-wire.ts';
import type { Provider, ProviderModel } from '../../shared/model/api-key.ts';
import type { TokenUsage } from '../../shared/model/inference.ts';
import type { FileValue } from '../../shared/model/values.ts';
import { anthropic } from './anthropic.ts';
import { openAiCompatible } from './openai.ts';

/** Whom to call, and with what. */
export interface Target {
  readonly baseUrl: string;
  readonly secret: string;
}

/** An image that has been read; `data` is base64. */
export interface Picture {
  readonly mime: string;
  readonly data: string;
}

export interface ChatRequest extends Asked {
  image(file: FileValue): Picture;
}

export interface Told {
  text(text: string): void;
  /** The figures of this request so far, as often as the provider says them: it may break off before the end. */
  usage(usage: TokenUsage): void;
}

export interface ChatAnswer extends Omit<Answer, 'usage'> {
  /** Null where the server does not say. */
  readonly usage: TokenUsage | null;
}

export interface EmbeddingsAnswer {
  readonly vectors: number[][];
  readonly inputTokens: number | null;
  readonly model: string;
}

/** Rejects HostFaults with the codes of `inferenceErrors`. Cancelled by `signal`, the request is aborted at once. */
export interface ProviderApi {
  models(target: Target, signal: AbortSignal): Promise<ProviderModel[]>;
  /** `told` hears of the answer piece by piece. */
  chat(target: Target, request: ChatRequest, signal: AbortSignal, told: Told): Promise<ChatAnswer>;
  embed(
    target: Target,
    request: { model: string; texts: readonly string[]; dimensions: number | undefined },
    signal: AbortSignal,
  ): Promise<EmbeddingsAnswer>;
}

export const providerApis: Readonly<Record<Provider, ProviderApi>> = {
  openai_compatible: openAiCompatible,
  anthropic,
};
