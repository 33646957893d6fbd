/** Takes secrets out of what came back, in every form in which a server may repeat them. */
import { Transform } from 'node:stream';

const hidden = '[hidden]';
/** Shorter ones would be found everywhere. */
const shortest = 4;

export interface Redaction {
  text(text: string): string;
  value(value: unknown): unknown;
  /** For content on its way to a file. */
  stream(): Transform;
  /** For a text that comes in pieces, which may cut a secret in two. */
  pieces(): Pieces;
}

export interface Pieces {
  /** What may be shown now; the rest comes with a later piece. */
  push(text: string): string;
  end(): string;
}

export function redactionOf(secrets: Iterable<string>): Redaction {
  const forms = formsOf(secrets);
  const text = (from: string) => forms.reduce((left, form) => left.replaceAll(form, hidden), from);
  const value = (from: unknown): unknown => {
    if (typeof from === 'string') return text(from);
    if (Array.isArray(from)) return from.map(value);
    if (typeof from !== 'object' || from === null) return from;
    return Object.fromEntries(Object.entries(from).map(([name, inner]) => [text(name), value(inner)]));
  };
  return {
    text,
    value: forms.length === 0 ? (from) => from : value,
    stream: () => redactingStream(forms),
    pieces: () => piecesOf(forms),
  };
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
const inQuery = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);

/** As it is, in JSON, in a URL, in either of these twice, in hex, and in base64, alone or among other bytes; the longest first, since one may hold another. */
function formsOf(secrets: Iterable<string>): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < shortest) continue;
    const hex = Buffer.from(secret).toString('hex');
    for (const form of [secret, hex, hex.toUpperCase()]) forms.add(form);
    for (const write of [inJson, encodeURIComponent, inQuery])
      for (const form of [write(secret), write(write(secret))]) forms.add(form);
    for (const before of [0, 1, 2]) for (const form of inBase64(secret, before)) forms.add(form);
  }
  return [...forms].sort((one, other) => other.length - one.length);
}

/** What base64 makes of a secret that so many bytes (modulo 3) stand before, whatever stands around it. */
function inBase64(secret: string, before: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
  const [from, to] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
  const inner = [bytes.toString('base64'), bytes.toString('base64url')].map((text) => text.slice(from, to));
  return inner.filter(({ length }) => length >= shortest);
}

function redactingStream(forms: readonly string[]): Transform {
  const pieces = piecesOf(forms.map((form) => Buffer.from(form).toString('latin1')));
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, Buffer.from(pieces.push(chunk.toString('latin1')), 'latin1'));
    },
    flush(done) {
      done(null, Buffer.from(pieces.end(), 'latin1'));
    },
  });
}

function piecesOf(forms: readonly string[]): Pieces {
  let rest = '';
  const clean = (text: string) => forms.reduce((left, form) => left.replaceAll(form, hidden), text);
  return {
    push(text) {
      const all = clean(rest + text);
      const ready = all.length - beginningAtEnd(all, forms);
      rest = all.slice(ready);
      return all.slice(0, ready);
    },
    end() {
      const last = rest;
      rest = '';
      return last;
    },
  };
}

/** How many characters at the end of a text may be the beginning of one of the forms. */
function beginningAtEnd(text: string, forms: readonly string[]): number {
  const longest = Math.min(text.length, (forms[0]?.length ?? 0) - 1);
  for (let length = longest; length > 0; length -= 1) {
    const end = text.slice(-length);
    if (forms.some((form) => form.length > length && form.startsWith(end))) return length;
  }
  return 0;
}
