import { ExecutorError } from '../executors/executor.ts';

/** What the runner tells of something that user code threw. All of it is text that user code may have made up. */
export interface Thrown {
  phase: 'load' | 'run' | 'result';
  error: { name: string; message: string; stack: string };
}

export interface Place {
  line: number;
  column: number;
}

const dataUrl = /data:(?:application|text)\/(?:typescript|javascript)[^\s)]*?:(\d+):(\d+)/;
const everyDataUrl = new RegExp(dataUrl.source, 'g');

/** The first place in the user's source that a stack or message names. Lines and columns count from 1. */
export function placeIn(text: string): Place | null {
  const found = dataUrl.exec(text);
  return found === null ? null : { line: Number(found[1]), column: Number(found[2]) };
}

/** The error of a script that threw, in words with the line of the user's own source. */
export function scriptError({ phase, error }: Thrown): ExecutorError {
  const message = withoutSource(error.message);
  const place = placeIn(error.stack) ?? placeIn(error.message);
  if (phase === 'result')
    return new ExecutorError('script_result_not_json', `The result cannot be written as JSON: ${message}`, 'job');
  if (isImport(error.message))
    return jobError('script_import', `A script cannot import other modules. ${message}`, place);
  if (phase === 'load' && isSyntax(error))
    return jobError('script_syntax', message.replace(/^(Uncaught )?(SyntaxError: )?/, ''), place);
  if (isForbidden(error))
    return jobError('script_forbidden', `${message}: a script has no files, network, environment or processes`, place);
  return jobError(
    'script_threw',
    [error.name, message].filter(Boolean).join(': ') || 'The script threw something without words',
    place,
  );
}

/** The error of a script that Deno itself ended, from what it wrote on its error output. */
export function crashError(stderr: string, memoryMb: number): ExecutorError {
  if (/out of memory|Allocation failed/i.test(stderr)) return memoryError(memoryMb);
  if (/await promise never resolved/.test(stderr)) {
    return new ExecutorError('script_never_finished', 'The script waits for something that can never happen', 'job');
  }
  const uncaught = /error: Uncaught (?:\(in promise\) )?([\s\S]*)/.exec(stderr)?.[1];
  if (uncaught === undefined)
    return new ExecutorError('script_died', `The sandbox ended without a result. ${tail(stderr)}`.trim(), 'node');
  const [, name = '', words = ''] = /^(?:([A-Za-z]*Error): )?(.*)/.exec(uncaught) ?? [];
  return scriptError({ phase: 'run', error: { name, message: words, stack: uncaught } });
}

export function memoryError(memoryMb: number): ExecutorError {
  return new ExecutorError('script_memory', `The script needed more than ${memoryMb} MiB of memory`, 'job');
}

function jobError(code: string, message: string, place: Place | null): ExecutorError {
  const where = place === null ? '' : ` (line ${place.line}, column ${place.column})`;
  return new ExecutorError(code, `${message.slice(0, 2_000)}${where}`, 'job');
}

function withoutSource(text: string): string {
  return text
    .replace(/\s*\bat \S*data:\S+/g, '')
    .replace(everyDataUrl, 'the script')
    .replace(/data:[^\s"')]{40,}/g, 'the script')
    .replace(/,? run again with the --allow-\w+ flag/g, '')
    .trim();
}

function isSyntax(error: Thrown['error']): boolean {
  return (
    error.name === 'SyntaxError' || /^SyntaxError: /.test(error.message) || /could not be parsed/.test(error.message)
  );
}

function isImport(message: string): boolean {
  return /^A script cannot import |specifiers? (?:were|was) requested|import access to|read access to .*allow-read|not a dependency and not in import map|Unsupported scheme|Module not found|Importing ext: modules|failed to load/.test(
    message,
  );
}

const absent =
  /^(Deno|process|fetch|require|Worker|WebSocket|EventSource|XMLHttpRequest|caches|localStorage|sessionStorage|indexedDB|navigator|window|document|self|global|Buffer) is not defined/;

function isForbidden(error: Thrown['error']): boolean {
  return (error.name === 'ReferenceError' && absent.test(error.message)) || error.name === 'NotCapable';
}

function tail(text: string): string {
  return text.trim().slice(-500);
}
