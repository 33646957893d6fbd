/**
 * The sandbox's root module (S6). It runs inside Deno with no permission, and it is the only module that Deno itself is
 * told to load: user code arrives on standard input and is imported from a `data:` URL.
 *
 *   host → runner   one JSON object on standard input: { nonce, url, input, resultLimit }
 *   runner → host   lines `<nonce> <kind> <json>` on standard output; kinds: log, result, threw, refused
 *
 * User code shares this realm and may change every prototype. So whatever is used after it was loaded is captured
 * before, frames are glued from plain strings (no object, no iterator, no method that user code could have replaced
 * ever sees the nonce), and globals that are not on the list below are gone.
 */
const { stdin, stdout, exit, inspect } = Deno;
const { apply, ownKeys, deleteProperty } = Reflect;
const { stringify } = JSON;
const Bytes = Uint8Array;
const text = String;
const typedArray = Reflect.getPrototypeOf(Bytes.prototype);
const lengthOf = Reflect.getOwnPropertyDescriptor(typedArray, 'length').get;
const bufferOf = Reflect.getOwnPropertyDescriptor(typedArray, 'buffer').get;
const encoder = new TextEncoder();
const encode = TextEncoder.prototype.encode;
const writeSync = stdout.writeSync;

const { nonce, url, input, resultLimit } = JSON.parse(await new Response(stdin.readable).text());

function send(kind, json) {
  const bytes = apply(encode, encoder, [`\n${nonce} ${kind} ${json}\n`]);
  const length = apply(lengthOf, bytes, []);
  for (let at = 0; at < length; ) at += apply(writeSync, stdout, [new Bytes(apply(bufferOf, bytes, []), at)]);
}

const inspectOptions = { colors: false, depth: 4, __proto__: null };

function log(...values) {
  let line = '';
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    line += (index === 0 ? '' : ' ') + (typeof value === 'string' ? value : inspect(value, inspectOptions));
  }
  send('log', stringify(line));
}

/** What user code finds: the language itself and what computes without reaching anything outside. */
const kept = new Set(
  `Object Function Array Number Infinity NaN Boolean String Symbol Date Promise RegExp Error AggregateError EvalError
  RangeError ReferenceError SyntaxError TypeError URIError JSON Math Intl ArrayBuffer SharedArrayBuffer Atomics Uint8Array Int8Array
  Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array Uint8ClampedArray Float16Array Float32Array
  Float64Array DataView Map BigInt Set Iterator WeakMap WeakSet Proxy Reflect FinalizationRegistry WeakRef Temporal
  SuppressedError DisposableStack AsyncDisposableStack WebAssembly AbortController AbortSignal Blob CompressionStream
  DecompressionStream DOMException Event EventTarget CustomEvent File FormData Headers ReadableStream
  ReadableStreamDefaultReader WritableStream WritableStreamDefaultWriter TransformStream TextDecoder TextEncoder
  TextDecoderStream TextEncoderStream URL URLPattern URLSearchParams crypto Crypto CryptoKey SubtleCrypto performance
  globalThis parseFloat parseInt undefined decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape
  isFinite isNaN eval console queueMicrotask atob btoa clearInterval clearTimeout setInterval setTimeout
  structuredClone`.split(/\s+/),
);
for (const key of ownKeys(globalThis)) {
  if (typeof key === 'string' && !kept.has(key)) deleteProperty(globalThis, key);
}

const words = { log, info: log, warn: log, error: log, debug: log, trace: log };
for (const key of ownKeys(console)) deleteProperty(console, key);
for (const key of ownKeys(words)) console[key] = words[key];

function describe(error) {
  const part = (read) => {
    try {
      const value = read();
      return value === undefined ? '' : text(value);
    } catch {
      return '';
    }
  };
  const isError = typeof error === 'object' && error !== null;
  const name = isError ? part(() => error.name) : '';
  const message = isError ? part(() => error.message) : part(() => error);
  const stack = isError ? part(() => error.stack) : '';
  return `{"name":${stringify(name)},"message":${stringify(message)},"stack":${stringify(stack)}}`;
}

function refuse(reason) {
  send('refused', `"${reason}"`);
  exit(0);
}

let main;
try {
  main = (await import(url)).default;
} catch (error) {
  send('threw', `{"phase":"load","error":${describe(error)}}`);
  exit(0);
}
if (typeof main !== 'function') refuse('no_default');

let value;
try {
  value = await main(input);
} catch (error) {
  send('threw', `{"phase":"run","error":${describe(error)}}`);
  exit(0);
}

let json;
try {
  json = value === undefined ? 'null' : stringify(value);
} catch (error) {
  send('threw', `{"phase":"result","error":${describe(error)}}`);
  exit(0);
}
if (typeof json !== 'string') refuse('not_json');
if (json.length > resultLimit) refuse('too_large');
send('result', json);
exit(0);
