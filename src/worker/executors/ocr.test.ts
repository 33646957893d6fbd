import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileValue } from '../../shared/model/values.ts';
import type { ReadText } from '../ocr/reader.ts';
import { type ReaderPlan, type ReaderProcess, startReader } from '../ocr/reader-process.ts';
import type { Executor, ExecutorError } from './executor.ts';
import { createOcrExecutor } from './ocr.ts';

const receipts = fileURLToPath(new URL('../../../resources/samples/receipts/', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-ocr-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Options {
  signal?: AbortSignal;
  limits?: { runSeconds?: number; ramMb?: number; cores?: number };
  input?: unknown;
}

const image: FileValue = { fileId: 'file-1', name: 'a.jpg', mime: 'image/jpeg', size: 1, sha256: '0'.repeat(64) };
const limits = { cores: 1, ramMb: 1024, runSeconds: 60, outputBytes: 1_000_000 };

async function read(executor: Executor, path: string, options: Options = {}): Promise<ReadText> {
  const job = {
    jobId: 'job-1',
    attempt: 1,
    kind: 'ocr',
    input: options.input ?? { image },
    limits: { ...limits, ...options.limits },
  };
  const signal = options.signal ?? new AbortController().signal;
  return (await executor.execute(job, {
    signal,
    folder,
    chunk: async () => undefined,
    blob: async () => path,
  })) as ReadText;
}

const codeOf = (error: unknown) => (error as ExecutorError).code;

/** An executor that counts the processes it starts. */
function counted(idleMs?: number) {
  const started: ReaderProcess[] = [];
  const start = (plan: ReaderPlan) => {
    const process = startReader(plan);
    started.push(process);
    return process;
  };
  return { started, executor: createOcrExecutor({ start, ...(idleMs === undefined ? {} : { idleMs }) }) };
}

describe('reading text in images', () => {
  const { started, executor } = counted();
  afterAll(() => executor.stop());

  it('reads the totals of at least 95 % of the sample receipts right: skewed, noisy and blurred ones too', {
    timeout: 180_000,
  }, async () => {
    const expected = JSON.parse(await readFile(join(receipts, 'expected.json'), 'utf8')) as {
      file: string;
      total: string;
    }[];
    expect(expected.length).toBeGreaterThanOrEqual(24);
    const wrong: string[] = [];
    for (const { file, total } of expected) {
      const { text } = await read(executor, join(receipts, file));
      const found = /^TOTAL\D*(\d+\.\d\d)$/m.exec(text)?.[1];
      if (found !== total) wrong.push(`${file}: ${total} was read as ${found}`);
    }
    expect(wrong.length / expected.length, wrong.join('; ')).toBeLessThanOrEqual(0.05);
    expect(started).toHaveLength(1);
  });

  it('gives lines in reading order, with boxes in pixels of the image, for a skewed page', async () => {
    const { lines, text, width, height } = await read(executor, join(receipts, 'receipt-002.jpg'));
    const texts = lines.map((line) => line.text);
    expect(texts[0]).toBe('RIVERSIDE PHARMACY');
    expect(texts.indexOf('Net amount 24.92')).toBeLessThan(texts.indexOf('TOTAL USD 29.90'));
    expect(text).toBe(texts.join('\n'));
    const tops = lines.map((line) => line.box.reduce((sum, [, y]) => sum + y, 0));
    expect(tops).toEqual(tops.toSorted((a, b) => a - b));
    for (const [x, y] of lines.flatMap((line) => line.box)) {
      expect(x).toBeGreaterThan(-20);
      expect(y).toBeGreaterThan(-20);
      expect(x).toBeLessThan(width + 20);
      expect(y).toBeLessThan(height + 20);
    }
    expect(lines.every((line) => line.score > 0.5 && line.score <= 1)).toBe(true);
  });

  it('a page without text is no error', async () => {
    const path = join(folder, 'white.png');
    await sharp({ create: { width: 300, height: 200, channels: 3, background: 'white' } }).toFile(path);
    expect(await read(executor, path)).toEqual({ text: '', lines: [], width: 300, height: 200 });
  });

  it('tells upright sizes for an image that its EXIF turns', async () => {
    const path = join(folder, 'turned.jpg');
    await sharp(join(receipts, 'receipt-001.jpg')).rotate(-90).withMetadata({ orientation: 6 }).toFile(path);
    const { text, width, height } = await read(executor, path);
    expect(height).toBeGreaterThan(width);
    expect(text).toContain('TOTAL CHF 11.25');
  });

  it('S10: what is no image is told so, and the process stays for the next one', async () => {
    const path = join(folder, 'no-image.png');
    await writeFile(path, 'this is text');
    const before = started.length;
    expect(await read(executor, path).catch(codeOf)).toBe('ocr_not_an_image');
    const cut = join(folder, 'cut.jpg');
    await writeFile(cut, (await readFile(join(receipts, 'receipt-001.jpg'))).subarray(0, 3_000));
    expect(await read(executor, cut).catch(codeOf)).toBe('ocr_not_an_image');
    expect((await read(executor, join(receipts, 'receipt-001.jpg'))).text).toContain('TOTAL');
    expect(started).toHaveLength(before);
  });

  it('S10: an image of too many pixels is refused before it is decoded', async () => {
    const path = join(folder, 'huge.png');
    await sharp({ create: { width: 9_000, height: 9_000, channels: 3, background: 'white' } })
      .png()
      .toFile(path);
    expect(await read(executor, path).catch(codeOf)).toBe('ocr_too_large');
  });

  it('S10: an input of another form is refused', async () => {
    expect(await read(executor, '', { input: { image: 'x' } }).catch(codeOf)).toBe('ocr_bad_input');
  });
});

describe('limits', () => {
  it('J3: a cancelled reading is gone within 5 s, and the next job gets a new process', async () => {
    const { started, executor } = counted();
    const stop = new AbortController();
    const before = Date.now();
    const reading = read(executor, join(receipts, 'receipt-001.jpg'), { signal: stop.signal }).catch(codeOf);
    await expect.poll(() => started.length).toBe(1);
    stop.abort();
    expect(await reading).toBe('cancelled');
    expect(Date.now() - before).toBeLessThan(5_000);
    expect(started[0]?.alive).toBe(false);
    expect((await read(executor, join(receipts, 'receipt-001.jpg'))).text).toContain('TOTAL');
    await executor.stop();
  });

  it('J5: a reading ends at its time limit', async () => {
    const { executor } = counted();
    expect(
      await read(executor, join(receipts, 'receipt-001.jpg'), { limits: { runSeconds: 0.05 } }).catch(codeOf),
    ).toBe('ocr_timeout');
    await executor.stop();
  });

  it('a reader that dies is the fault of the node', async () => {
    const { started, executor } = counted();
    const reading = read(executor, join(receipts, 'receipt-001.jpg')).catch((error: ExecutorError) => error);
    await expect.poll(() => started.length).toBe(1);
    started[0]?.kill();
    expect(await reading).toMatchObject({ code: 'ocr_reader_died', fault: 'node' });
    await executor.stop();
  });

  it('an idle reader is ended', async () => {
    const { started, executor } = counted(50);
    await read(executor, join(receipts, 'receipt-001.jpg'));
    expect(started[0]?.alive).toBe(true);
    await expect.poll(() => started[0]?.alive).toBe(false);
    await executor.stop();
  });

  it('two readings at once have a process each', async () => {
    const { started, executor } = counted();
    const texts = await Promise.all(
      ['001', '003'].map((number) => read(executor, join(receipts, `receipt-${number}.jpg`))),
    );
    expect(texts.every(({ text }) => text.includes('TOTAL'))).toBe(true);
    expect(started).toHaveLength(2);
    await executor.stop();
    expect(started.some((process) => process.alive)).toBe(false);
  });

  it('a reader leaves when its worker was killed with -9', async () => {
    const module = new URL('../ocr/reader-process.ts', import.meta.url).href;
    const source = `const { startReader } = await import(${JSON.stringify(module)}); console.log(await startReader({ threads: 1 }).pid); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(pid).toBeGreaterThan(0);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
