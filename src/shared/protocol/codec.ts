import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** What a frame held: messages in order, each parsed, unknown, or wrong in a way that can be told. */
export type Decoded<Message> =
  | { status: 'message'; message: Message }
  | { status: 'unknown'; type: string }
  | { status: 'malformed'; path: string; detail: string };

export interface Codec<Message> {
  /** Reads one text frame: a message or an array of messages. Never throws. */
  decode(frame: string): Decoded<Message>[];
}

const maxBatch = 4096;

/** Builds a codec from a table of message schemas by their `type`. Unknown types and fields are let through as such. */
export function createCodec<Table extends Record<string, TSchema>>(
  table: Table,
): Codec<{ [Kind in keyof Table]: Static<Table[Kind]> }[keyof Table]> {
  type Message = { [Kind in keyof Table]: Static<Table[Kind]> }[keyof Table];
  const validators = new Map(Object.entries(table).map(([type, schema]) => [type, Compile(schema)]));

  const read = (value: unknown): Decoded<Message> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return malformed('', 'A message is an object');
    const type: unknown = Reflect.get(value, 'type');
    if (typeof type !== 'string') return malformed('/type', 'A message has a "type"');
    const validator = validators.get(type);
    if (validator === undefined) return { status: 'unknown', type: type.slice(0, 80) };
    if (validator.Check(value)) return { status: 'message', message: value as Message };
    const [first] = validator.Errors(value);
    return malformed(first?.instancePath ?? '', first?.message ?? 'The message does not have the expected form');
  };

  return {
    decode(frame) {
      let value: unknown;
      try {
        value = JSON.parse(frame);
      } catch {
        return [malformed('', 'The frame is not valid JSON')];
      }
      if (!Array.isArray(value)) return [read(value)];
      if (value.length > maxBatch) return [malformed('', `A batch has at most ${maxBatch} messages`)];
      return value.map(read);
    },
  };
}

function malformed(path: string, detail: string): Decoded<never> {
  return { status: 'malformed', path, detail };
}
