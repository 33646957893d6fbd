/** Types of ports, and what may be connected to what. A type is written as text, so that it travels as JSON: `list<image>`. */
import { Check } from 'typebox/value';
import { FileValue } from '../model/values.ts';

export const scalarTypes = ['text', 'number', 'boolean', 'json', 'file', 'image', 'embedding', 'any'] as const;
export type ScalarType = (typeof scalarTypes)[number];
export type PortType = ScalarType | 'stream<text>' | `list<${string}>`;

export type Fit = { readonly fits: true } | { readonly fits: false; readonly reason: string };

const yes: Fit = { fits: true };
const no = (reason: string): Fit => ({ fits: false, reason });

export function listOf(type: PortType): PortType {
  return `list<${type}>`;
}

/** The type of the items of a list; null for everything else. `any` and `json` may hold a list of anything. */
export function itemOf(type: PortType): PortType | null {
  if (type === 'any' || type === 'json') return 'any';
  if (type === 'embedding') return 'number';
  return type.startsWith('list<') && type.endsWith('>') ? (type.slice(5, -1) as PortType) : null;
}

const singular: Record<ScalarType, string> = {
  text: 'a text',
  number: 'a number',
  boolean: 'yes or no',
  json: 'JSON',
  file: 'a file',
  image: 'an image',
  embedding: 'an embedding',
  any: 'anything',
};
const plural: Record<ScalarType, string> = {
  text: 'texts',
  number: 'numbers',
  boolean: 'yes-or-no values',
  json: 'JSON values',
  file: 'files',
  image: 'images',
  embedding: 'embeddings',
  any: 'anything',
};

/** A type in words: "a list of images". */
export function typeInWords(type: PortType): string {
  if (type === 'stream<text>') return 'a stream of text';
  if (isScalar(type)) return singular[type];
  const item = itemOf(type);
  if (item === null) return type;
  return `a list of ${isScalar(item) ? plural[item] : `lists (${item})`}`;
}

function isScalar(type: PortType): type is ScalarType {
  return (scalarTypes as readonly string[]).includes(type);
}

/** Whether a value of type `from` may flow into a port of type `to`; if not, why, in words for people. */
export function assignable(from: PortType, to: PortType): Fit {
  if (from === to || from === 'any' || to === 'any' || to === 'json') return yes;
  // JSON may well be a list; whether it is one shows when the step runs.
  if (from === 'json' && (to === 'list<any>' || to === 'list<json>')) return yes;
  if (from === 'stream<text>' || to === 'stream<text>')
    return assignable(from === 'stream<text>' ? 'text' : from, to === 'stream<text>' ? 'text' : to);
  const toItem = to === 'embedding' ? null : itemOf(to);
  const fromItem = from === 'json' ? null : itemOf(from);
  if (toItem !== null && fromItem !== null) return listFits(from, to, assignable(fromItem, toItem));
  if (toItem !== null) return no(`This gives ${typeInWords(from)}; ${typeInWords(to)} is needed. Merge makes a list.`);
  if (fromItem !== null)
    return no(`This gives ${typeInWords(from)}; ${typeInWords(to)} is needed. Map goes through a list item by item.`);
  return scalarFits(from, to);
}

function listFits(from: PortType, to: PortType, items: Fit): Fit {
  return items.fits ? yes : no(`This gives ${typeInWords(from)}; ${typeInWords(to)} is needed.`);
}

function scalarFits(from: PortType, to: PortType): Fit {
  if (from === 'image' && to === 'file') return yes;
  if (to === 'text' && (from === 'number' || from === 'boolean')) return yes;
  const help = to === 'text' ? ' Template makes text of it.' : '';
  return no(`This gives ${typeInWords(from)}; ${typeInWords(to)} is needed.${help}`);
}

/** Why a value is not of this type, in words; null when it is. */
export function mismatch(type: PortType, value: unknown): string | null {
  const item = type === 'any' || type === 'json' ? null : itemOf(type);
  if (item !== null) return listMismatch(type, item, value);
  return holds[type as Exclude<PortType, `list<${string}>`>](value) ? null : `${typeInWords(type)} is needed`;
}

function listMismatch(type: PortType, item: PortType, value: unknown): string | null {
  if (!Array.isArray(value)) return `${typeInWords(type)} is needed`;
  for (const [index, one] of value.entries()) {
    const wrong = mismatch(item, one);
    if (wrong !== null) return `item ${index + 1}: ${wrong}`;
  }
  return null;
}

const isFile = (value: unknown): value is FileValue => Check(FileValue, value);

const holds: Record<Exclude<PortType, `list<${string}>`>, (value: unknown) => boolean> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  json: () => true,
  any: () => true,
  file: isFile,
  image: (value) => isFile(value) && value.mime.startsWith('image/'),
  embedding: (value) => Array.isArray(value) && value.every((part) => typeof part === 'number'),
  'stream<text>': (value) => typeof value === 'string',
};

/**
 * A value as it arrives from outside, made to fit where that is plain: "5" for a number, "yes" or "true" for a boolean,
 * JSON text for json, lists and files. Anything else stays as it is.
 */
export function coerce(type: PortType, value: unknown): unknown {
  if (typeof value !== 'string' || type === 'text' || type === 'any' || type === 'stream<text>') return value;
  if (type === 'number') return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
  if (type === 'boolean') return booleans.get(value.trim().toLowerCase()) ?? value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const booleans = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
]);
