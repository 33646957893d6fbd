/**
 * A model of 4 MB that llama.cpp runs like any other. Attention and feed-forward are zero, so that what a token stands for
 * passes through unchanged, and the last layer holds which token follows which: asked anything it says `littleAnswer`, asked
 * for something that ends with "count" it counts without end. As embeddings it gives how often each token stands in a text.
 */
import { type MetaValue, type Tensor, writeGguf } from './gguf.ts';

/** A space before a word, as SentencePiece writes it. */
const space = '▁';
const spaced = (words: string) => words.split(' ').map((word) => space + word);

const sentence = spaced('hello from a tiny model on this worker');
const endless = spaced('one two three');
/** What is read as one token: a word is merged letter by letter, so each of its beginnings is a token too. */
const read = spaced('count bees honey engine oil').flatMap((word) =>
  Array.from({ length: word.length - 1 }, (_, index) => word.slice(0, index + 2)),
);

/** What the model says, with the space that its first token carries. */
export const littleAnswer = ' hello from a tiny model on this worker';

/** The longest text that it takes, in tokens. */
export const littleContext = 32_768;

const bytes = Array.from({ length: 256 }, (_, byte) => byteToken(byte));
const special = ['<unk>', '<s>', '</s>'];
const tokens = [...new Set([...special, ...bytes, space, ...sentence, ...endless, ...read])];
const width = 384;

function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
const quote = byteToken('"'.charCodeAt(0));

/** What follows a token, best first; a grammar may forbid the first. */
function followers(token: string): readonly string[] {
  const said = sentence.indexOf(token);
  if (said >= 0) return [sentence[said + 1] ?? '</s>', quote];
  if (token === `${space}count`) return [endless[0] ?? '', quote];
  const counted = endless.indexOf(token);
  if (counted >= 0) return [endless[(counted + 1) % endless.length] ?? '', quote];
  return [sentence[0] ?? '', quote];
}

/** Far enough apart that chance, at any usual temperature, takes no other token. */
const strengths = [5, 4];

/** The messages one after the other; the answer follows the last word. */
const template = "{% for message in messages %}{{ '' if loop.first else ' ' }}{{ message.content }}{% endfor %}";

export function littleModel(): Buffer {
  return writeGguf(meta, [
    matrix('token_embd.weight', tokens.length, (values) => {
      for (const index of tokens.keys()) values[index * width + index] = 1;
    }),
    vector('output_norm.weight', 1),
    matrix('output.weight', tokens.length, (values) => {
      for (const [index, token] of tokens.entries())
        for (const [rank, follower] of followers(token).entries())
          values[tokens.indexOf(follower) * width + index] = strengths[rank] ?? 0;
    }),
    vector('blk.0.attn_norm.weight', 1),
    vector('blk.0.ffn_norm.weight', 1),
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((name) => matrix(`blk.0.${name}.weight`, width)),
    matrix('blk.0.ffn_gate.weight', inner),
    matrix('blk.0.ffn_up.weight', inner),
    { name: 'blk.0.ffn_down.weight', dimensions: [inner, width], values: new Float32Array(inner * width) },
  ]);
}

const inner = 32;
const heads = 4;

function matrix(name: string, rows: number, fill?: (values: Float32Array) => void): Tensor {
  const values = new Float32Array(width * rows);
  fill?.(values);
  return { name, dimensions: [width, rows], values };
}

function vector(name: string, value: number): Tensor {
  return { name, dimensions: [width], values: new Float32Array(width).fill(value) };
}

/** Kinds of tokens in the format. */
const kinds = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;

function kindOf(token: string): number {
  if (token === '<unk>') return kinds.unknown;
  if (special.includes(token)) return kinds.control;
  return bytes.includes(token) ? kinds.byte : kinds.normal;
}

/** Words are preferred to what they are made of. */
function scoreOf(token: string): number {
  if (token === space) return -1_000;
  return kindOf(token) === kinds.normal ? -1 : 0;
}

const meta: Readonly<Record<string, MetaValue>> = {
  'general.architecture': { is: 'text', value: 'llama' },
  'general.name': { is: 'text', value: 'Little' },
  'general.file_type': { is: 'count', value: 0 },
  'llama.context_length': { is: 'count', value: littleContext },
  'llama.embedding_length': { is: 'count', value: width },
  'llama.block_count': { is: 'count', value: 1 },
  'llama.feed_forward_length': { is: 'count', value: inner },
  'llama.attention.head_count': { is: 'count', value: heads },
  'llama.attention.head_count_kv': { is: 'count', value: heads },
  'llama.attention.layer_norm_rms_epsilon': { is: 'number', value: 1e-5 },
  'llama.rope.dimension_count': { is: 'count', value: width / heads },
  'llama.vocab_size': { is: 'count', value: tokens.length },
  'tokenizer.ggml.model': { is: 'text', value: 'llama' },
  'tokenizer.ggml.tokens': { is: 'texts', value: tokens },
  'tokenizer.ggml.scores': { is: 'numbers', value: tokens.map(scoreOf) },
  'tokenizer.ggml.token_type': { is: 'kinds', value: tokens.map(kindOf) },
  'tokenizer.ggml.bos_token_id': { is: 'count', value: tokens.indexOf('<s>') },
  'tokenizer.ggml.eos_token_id': { is: 'count', value: tokens.indexOf('</s>') },
  'tokenizer.ggml.unknown_token_id': { is: 'count', value: tokens.indexOf('<unk>') },
  'tokenizer.ggml.add_bos_token': { is: 'flag', value: true },
  'tokenizer.ggml.add_space_prefix': { is: 'flag', value: true },
  'tokenizer.chat_template': { is: 'text', value: template },
};
