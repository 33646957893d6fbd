/** What the APIs of the server share. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the server does with one request to a model. */
export interface Turn {
  /** Pieces of the answer, in order; the usual one says something about what was asked. */
  readonly pieces?: readonly string[];
  /** Milliseconds before the head of the answer, and between its pieces. */
  readonly waitMs?: number;
  readonly pieceMs?: number;
  /** Answers this instead. `headers` may hold Retry-After. */
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the connection after so many pieces. */
  readonly breakAfter?: number;
  /** Sends something that is not JSON after so many pieces. */
  readonly garbleAfter?: number;
  /** Says nothing of tokens. */
  readonly withoutUsage?: boolean;
  readonly usage?: { readonly input: number; readonly output: number };
  readonly finish?: 'stop' | 'length';
  /** Tools that it calls after its pieces; `arguments` as it writes them. */
  readonly calls?: readonly { readonly name: string; readonly arguments: string; readonly id?: string }[];
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
  /** When its connection ended before the answer did. */
  aborted: boolean;
}

/** One request under way, as the APIs see it. */
export interface Exchange {
  readonly request: SeenRequest;
  readonly response: ServerResponse;
  readonly turn: Turn;
  /** Sends the pieces by and by, breaking off or garbling where the turn says so; false when it broke off. */
  stream(write: (piece: string) => string): Promise<boolean>;
  json(status: number, body: unknown): void;
}

export interface ModelServer {
  /** Origin, without a slash at the end. OpenAI's API and Anthropic's are below `/v1`, Ollama's below `/api`. */
  readonly url: string;
  readonly seen: SeenRequest[];
  /** The turns of the next requests to a model. */
  script(...turns: Turn[]): void;
  /** The turn of a request for which the script has none. */
  reply: ((request: SeenRequest) => Turn) | null;
  /** Models that it has; asking for another is refused as each API refuses it. */
  readonly models: string[];
  /** Whether it speaks Ollama's own API too. */
  ollama: boolean;
  /** Milliseconds between the parts of a model that is fetched. */
  pullMs: number;
  /** Where set, requests without it are refused as each API refuses them. */
  key: string | null;
  /** Characters of a request that it takes at most. */
  context: number;
  /** The embedding of a text; one made up from its letters, unless another takes its place. */
  vectorOf(text: string): number[];
  stop(): Promise<void>;
}

export function usageOf({ turn }: Exchange): { input: number; output: number } {
  return turn.usage ?? { input: 12, output: (turn.pieces ?? [1, 2, 3, 4, 5]).length };
}

/** A vector that depends on the text alone, so that equal texts lie together. */
export function vectorOf(text: string, length = 8): number[] {
  return Array.from({ length }, (_, index) => {
    let sum = index + 1;
    for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_009;
    return sum / 1_009;
  });
}

export const sizeOf = ({ request }: Exchange) => JSON.stringify(request.body).length;
