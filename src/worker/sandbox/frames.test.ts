import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineTooLong, readLine, splitLines } from './frames.ts';

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const place of [...places, bytes.length]) {
    yield bytes.subarray(from, place);
    from = place;
  }
}

describe('splitLines', () => {
  it('S6: gives the same lines wherever the stream was cut, inside characters too', async () => {
    const text = fc.array(
      fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ' ')),
      { minLength: 1 },
    );
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat()), async (lines, cuts) => {
        const bytes = Buffer.from(`${lines.join('\n')}\n`);
        expect(await collect(splitLines(inPieces(bytes, cuts), 1_000_000))).toEqual(lines);
      }),
    );
  });

  it('S10: never holds more of an unfinished line than it may', async () => {
    await expect(collect(splitLines(inPieces(Buffer.alloc(5_000, 97), [1_000, 2_000, 3_000]), 2_500))).rejects.toThrow(
      LineTooLong,
    );
  });

  it('gives the last line also without its line feed', async () => {
    expect(await collect(splitLines(inPieces(Buffer.from('a\nb'), []), 10))).toEqual(['a', 'b']);
  });
});

describe('readLine', () => {
  it('S6: takes a line for a frame only when it begins with the nonce', () => {
    expect(readLine('n0 result {"a":1}', 'n0')).toEqual({ type: 'frame', kind: 'result', json: '{"a":1}' });
    expect(readLine('n1 result {"a":1}', 'n0')).toEqual({ type: 'text', text: 'n1 result {"a":1}' });
    expect(readLine(' n0 result 1', 'n0').type).toBe('text');
    expect(readLine('n0 result', 'n0').type).toBe('text');
  });
});
