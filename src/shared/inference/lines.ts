/** Streams of text, cut where their format says; pure, so that every cut of the network can be tested. */

/** A stream that must not be held in memory for ever: the longest line that is taken, in characters. */
const longestLine = 8 * 1024 * 1024;

/** Cuts a stream into lines; `end` gives the last one where it had no line feed. Throws a RangeError at a line without end. */
export function createLineReader(): { push(text: string): string[]; end(): string[] } {
  let rest = '';
  return {
    push(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) throw new RangeError('A line of the stream is too long');
      return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    },
    end() {
      const last = rest;
      rest = '';
      return last === '' ? [] : [last];
    },
  };
}

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events (WHATWG HTML, 9.2.6): fields `event` and `data`, ended by an empty line; comments are skipped. */
export function createSseReader(): { push(text: string): ServerSentEvent[]; end(): ServerSentEvent[] } {
  const lines = createLineReader();
  let event = 'message';
  let data: string[] = [];
  const take = (found: readonly string[]): ServerSentEvent[] => {
    const events: ServerSentEvent[] = [];
    for (const line of found) {
      if (line === '') {
        if (data.length > 0) events.push({ event, data: data.join('\n') });
        event = 'message';
        data = [];
      } else readField(line);
    }
    return events;
  };
  const readField = (line: string) => {
    const [, name, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === 'event') event = value;
    if (name === 'data') data.push(value);
  };
  return {
    push: (text) => take(lines.push(text)),
    // An event that was not ended is no event, but servers that close early after the last one mean it.
    end: () => take([...lines.end(), '']),
  };
}
