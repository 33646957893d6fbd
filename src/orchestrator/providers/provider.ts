/** A provider's API as the host calls it: one file per API in this folder. */
import type { Provider, ProviderModel } from '../../shared/model/api-key.ts';
import type { ChatParameters, finishReasons, TokenUsage } from '../../shared/model/inference.ts';
import { anthropic } from './anthropic.ts';
import { openAiCompatible } from './openai.ts';

/** Whom to call, and with what. */
export interface Target {
  readonly baseUrl: string;
  readonly secret: string;
}

export type Part =
  | { readonly type: 'text'; readonly text: string }
  /** `data` is base64. */
  | { readonly type: 'image'; readonly mime: string; readonly data: string };

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly parts: readonly Part[];
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly parameters: ChatParameters;
  readonly schema: Readonly<Record<string, unknown>> | null;
}

export interface Told {
  text(text: string): void;
  /** The figures of this request so far, as often as the provider says them: it may break off before the end. */
  usage(usage: TokenUsage): void;
}

export interface ChatAnswer {
  readonly text: string;
  /** Null where the server does not say. */
  readonly usage: TokenUsage | null;
  readonly finishReason: (typeof finishReasons)[number];
  readonly model: string;
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
