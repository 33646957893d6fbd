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
  return { text, value: forms.length === 0 ? (from) => from : value, stream: () => redactingStream(forms) };
}

/** As it is, in JSON, in a URL, and in base64 (alone); the longest first, since one may hold another. */
function formsOf(secrets: Iterable<string>): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < shortest) continue;
    const bytes = Buffer.from(secret);
    const inQuery = new URLSearchParams([['', secret]]).toString().slice(1);
    const inJson = JSON.stringify(secret).slice(1, -1);
    for (const form of [secret, inJson, encodeURIComponent(secret), inQuery]) forms.add(form);
    for (const form of [bytes.toString('base64'), bytes.toString('base64url')]) forms.add(form.replace(/=+$/, ''));
  }
  return [...forms].sort((one, other) => other.length - one.length);
}

function redactingStream(forms: readonly string[]): Transform {
  const patterns = forms.map((form) => Buffer.from(form).toString('latin1'));
  const longest = Math.max(0, ...patterns.map(({ length }) => length - 1));
  const clean = (bytes: string) => patterns.reduce((left, pattern) => left.replaceAll(pattern, hidden), bytes);
  let rest = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest = clean(rest + chunk.toString('latin1'));
      const whole = Math.max(0, rest.length - longest);
      const ready = rest.slice(0, whole);
      rest = rest.slice(whole);
      done(null, Buffer.from(ready, 'latin1'));
    },
    flush(done) {
      done(null, Buffer.from(rest, 'latin1'));
    },
  });
}
