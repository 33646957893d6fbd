/** What comes out of the sandbox: frames of the runner, which carry the nonce, and anything else, which is only text. */
export type SandboxLine = { type: 'frame'; kind: string; json: string } | { type: 'text'; text: string };

/** A line of the runner is `<nonce> <kind> <json>`; user code cannot know the nonce, so it cannot make one (S6). */
export function readLine(line: string, nonce: string): SandboxLine {
  if (!line.startsWith(`${nonce} `)) return { type: 'text', text: line };
  const rest = line.slice(nonce.length + 1);
  const space = rest.indexOf(' ');
  if (space < 0) return { type: 'text', text: line };
  return { type: 'frame', kind: rest.slice(0, space), json: rest.slice(space + 1) };
}

export class LineTooLong extends Error {}

/** Cuts a byte stream into lines, without ever holding more than `maxBytes` of an unfinished one. */
export async function* splitLines(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  for await (const bytes of source) {
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      yield Buffer.concat([...pieces, bytes.subarray(from, end)]).toString('utf8');
      pieces = [];
      held = 0;
      from = end + 1;
    }
    if (from === bytes.length) continue;
    pieces.push(bytes.subarray(from));
    held += bytes.length - from;
    if (held > maxBytes) throw new LineTooLong();
  }
  if (held > 0) yield Buffer.concat(pieces).toString('utf8');
}
