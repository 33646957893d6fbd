/** Writes GGUF, the file format of llama.cpp's models (version 3): a head of names and values, then tensors of 32-bit floats. */

export type MetaValue =
  | { is: 'text'; value: string }
  | { is: 'count'; value: number }
  | { is: 'number'; value: number }
  | { is: 'flag'; value: boolean }
  | { is: 'texts'; value: readonly string[] }
  | { is: 'numbers'; value: readonly number[] }
  | { is: 'kinds'; value: readonly number[] };

export interface Tensor {
  readonly name: string;
  /** Fastest first, as GGUF has it: a matrix of `rows` outputs is [columns, rows]. */
  readonly dimensions: readonly number[];
  readonly values: Float32Array;
}

/** Numbers of value types in the format. */
const types = { count: 4, kind: 5, number: 6, flag: 7, text: 8, list: 9 } as const;
const alignment = 32;

export function writeGguf(meta: Readonly<Record<string, MetaValue>>, tensors: readonly Tensor[]): Buffer {
  const fields = Object.entries(meta).map(([name, value]) => Buffer.concat([text(name), metaValue(value)]));
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    count(3),
    long(tensors.length),
    long(fields.length),
    ...fields,
    ...tensorInfos(tensors),
  ]);
  return Buffer.concat([aligned(head), ...tensors.map(({ values }) => aligned(Buffer.from(values.buffer)))]);
}

function metaValue(meta: MetaValue): Buffer {
  switch (meta.is) {
    case 'text':
      return Buffer.concat([count(types.text), text(meta.value)]);
    case 'count':
      return Buffer.concat([count(types.count), count(meta.value)]);
    case 'number':
      return Buffer.concat([count(types.number), number(meta.value)]);
    case 'flag':
      return Buffer.concat([count(types.flag), Buffer.from([meta.value ? 1 : 0])]);
    case 'texts':
      return list(types.text, meta.value.map(text));
    case 'numbers':
      return list(types.number, meta.value.map(number));
    case 'kinds':
      return list(types.kind, meta.value.map(count));
  }
}

function list(type: number, items: readonly Buffer[]): Buffer {
  return Buffer.concat([count(types.list), count(type), long(items.length), ...items]);
}

/** Name, shape, kind (0: 32-bit floats) and place of each tensor. */
function tensorInfos(tensors: readonly Tensor[]): Buffer[] {
  let offset = 0;
  return tensors.map(({ name, dimensions, values }) => {
    const info = [text(name), count(dimensions.length), ...dimensions.map(long), count(0), long(offset)];
    offset += Math.ceil(values.byteLength / alignment) * alignment;
    return Buffer.concat(info);
  });
}

function aligned(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((alignment - (bytes.length % alignment)) % alignment)]);
}

function count(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([long(bytes.length), bytes]);
}
