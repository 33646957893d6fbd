/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): the `event` and `data` of each. */
import { fault } from './faults.ts';

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Longer events are refused: nothing that a model writes comes in such pieces. */
const longest = 8 * 1024 * 1024;

export async function* serverEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let event = '';
  let data: string[] = [];
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    // A lone carriage return at the end may be half of a line's end.
    const ends = /\r\n|\n|\r(?!$)/g;
    let from = 0;
    for (let end = ends.exec(rest); end !== null; end = ends.exec(rest)) {
      const line = rest.slice(from, end.index);
      from = end.index + end[0].length;
      if (line === '') {
        if (data.length > 0) yield { event, data: data.join('\n') };
        event = '';
        data = [];
      } else if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      else if (line.startsWith('event:')) event = line.slice(6).trim();
    }
    rest = rest.slice(from);
    if (rest.length > longest) throw fault('answer_too_large', 'One piece of the answer is larger than 8 MB');
  }
  // Some servers end without the last empty line.
  if (rest.startsWith('data:')) data.push(rest.slice(5).trim());
  if (data.length > 0) yield { event, data: data.join('\n') };
}
