/** Takes secrets out of what is logged (S5, S14). Pure. */
const hidden = '[hidden]';
const maxDepth = 6;

/** Names of fields whose value is never written, in any spelling (camelCase, snake_case, header). */
const secretName =
  /^(?:.*[-_]?(?:authorization|cookie|password|passphrase|secrets?|token|ticket|private[-_]?key|api[-_]?key|master[-_]?key|swarm[-_]?key|share[-_]?key|join[-_]?key|signature)|sign[-_]?in[-_]?link|code_?verifier|introduce)$/i;

/** A copy of a log object without secret fields; deeper than six levels becomes a word. */
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0);
}

function redactObject(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isSecret(name, value) ? hidden : redactValue(value, depth + 1),
    ]),
  );
}

function isSecret(name: string, value: unknown): boolean {
  return secretName.test(name) && value !== null && value !== undefined && typeof value !== 'boolean';
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (depth > maxDepth) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redactValue(item, depth + 1));
  return isPlain(value) ? redactObject(value, depth) : value;
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error ? { code: error.code } : {};
  const cause = error.cause === undefined || depth > maxDepth ? {} : { cause: redactValue(error.cause, depth + 1) };
  return { type: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A finished line without what looks like a credential: `Bearer …`, `?ticket=…`, the code of a sign-in link. */
export function scrub(line: string): string {
  return line
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${hidden}`)
    .replace(/([?&#](?:ticket|token|code|key|secret)=)[^&\s"'\\#]+/gi, `$1${hidden}`)
    .replace(/(\/(?:join|sign-in)\/)[\w-]{8,}/gi, `$1${hidden}`);
}
