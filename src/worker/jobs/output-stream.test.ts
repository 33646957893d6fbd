import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Chunk, createOutputStream, cut } from './output-stream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function collected() {
  const sent: Chunk[] = [];
  return { sent, stream: createOutputStream({ send: (chunk) => void sent.push(chunk) }) };
}

describe('the output of an attempt', () => {
  it('N9: gathers logs for 200 ms', async () => {
    const { sent, stream } = collected();
    await stream.write('log', 'a\n');
    await stream.write('log', 'b\n');
    await vi.advanceTimersByTimeAsync(199);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([{ seq: 0, stream: 'log', text: 'a\nb\n' }]);
  });

  it('N9: sends tokens at once, after the logs that came before', async () => {
    const { sent, stream } = collected();
    await stream.write('log', 'thinking');
    await stream.write('token', 'He');
    await stream.write('token', 'llo');
    expect(sent.map(({ text }) => text)).toEqual(['thinking', 'He', 'llo']);
    expect(sent.map(({ seq }) => seq)).toEqual([0, 1, 2]);
  });

  it('N9: no chunk is over 64 KiB, and a full one goes at once', async () => {
    const { sent, stream } = collected();
    await stream.write('log', 'é'.repeat(100_000));
    expect(sent.length).toBeGreaterThanOrEqual(3);
    stream.end();
    expect(sent.map(({ text }) => text).join('')).toBe('é'.repeat(100_000));
    for (const { text } of sent) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
  });

  it('N9: with 32 unacknowledged chunks the executor waits until the host has some', async () => {
    const { sent, stream } = collected();
    let written = 0;
    const writing = (async () => {
      for (let index = 0; index < 40; index++) {
        await stream.write('token', String(index));
        written += 1;
      }
    })();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([sent.length, written]).toEqual([32, 31]);
    stream.acknowledged(9);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.length).toBe(40);
    await writing;
  });

  it('N9: what is gathered does not pass a full window, even when its time has come', async () => {
    const { sent, stream } = collected();
    for (let index = 0; index < 31; index++) await stream.write('token', 'x');
    await stream.write('log', 'a');
    void stream.write('token', 'b');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toHaveLength(32);
    stream.acknowledged(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.map(({ text }) => text).slice(31)).toEqual(['a', 'b']);
  });

  it('N6: after a reconnect what the host does not have is sent again, in order', async () => {
    const { sent, stream } = collected();
    for (const text of ['a', 'b', 'c', 'd']) await stream.write('token', text);
    stream.acknowledged(0);
    stream.resume(1);
    expect(sent.slice(4).map(({ seq }) => seq)).toEqual([2, 3]);
    expect(stream.ackedSeq).toBe(1);
  });

  it('the end lets go of who waits, sends what is gathered, and takes nothing more', async () => {
    const { sent, stream } = collected();
    for (let index = 0; index < 31; index++) await stream.write('token', 'x');
    const waiting = stream.write('token', 'the last one that fits');
    stream.end();
    await waiting;
    const { sent: logs, stream: other } = collected();
    await other.write('log', 'gathered');
    other.end();
    await other.write('log', 'after the end');
    expect(sent).toHaveLength(32);
    expect(logs.map(({ text }) => text)).toEqual(['gathered']);
  });

  it('S10: an acknowledgement of what was never sent changes nothing', async () => {
    const { sent, stream } = collected();
    await stream.write('token', 'a');
    stream.acknowledged(1_000);
    expect(stream.ackedSeq).toBe(0);
    await stream.write('token', 'b');
    expect(sent.at(-1)).toMatchObject({ seq: 1 });
  });
});

describe('cut', () => {
  it('gives the text whole, in pieces that fit, never inside a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 8, max: 64 }), (text, most) => {
        const pieces = [...cut(text, most)];
        expect(pieces.map(({ piece }) => piece).join('')).toBe(text);
        for (const { piece, bytes } of pieces) {
          expect(bytes).toBe(Buffer.byteLength(piece));
          expect(bytes).toBeLessThanOrEqual(most);
          expect(piece.isWellFormed()).toBe(true);
        }
      }),
    );
  });
});
