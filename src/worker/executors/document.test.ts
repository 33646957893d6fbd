import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadDocument } from '../document/document.ts';
import { type DocumentPlan, type DocumentProcess, startDocumentReader } from '../document/document-process.ts';
import { makeDocx, makeEncryptedPdf, makePdf, makeZip } from '../document/documents.fixture.ts';
import { createDocumentExecutor } from './document.ts';

let folder: string;
const started: DocumentProcess[] = [];
const executor = createDocumentExecutor({
  start(plan: DocumentPlan) {
    const process = startDocumentReader(plan);
    started.push(process);
    return process;
  },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-document-'));
});
afterAll(async () => {
  await executor.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Options {
  mime?: string;
  size?: number;
  signal?: AbortSignal;
  limits?: { ramMb?: number; runSeconds?: number };
}

async function read(name: string, content: Buffer | string, options: Options = {}): Promise<ReadDocument> {
  const path = join(folder, name);
  await writeFile(path, content);
  const { mime = 'application/octet-stream', size = content.length, signal = new AbortController().signal } = options;
  const file = { fileId: 'file-1', name, mime, size, sha256: '0'.repeat(64) };
  const limits = { cores: 1, ramMb: 256, runSeconds: 60, outputBytes: 1_000_000, ...options.limits };
  const job = { jobId: 'job-1', attempt: 1, kind: 'document', input: { file }, limits };
  const context = { signal, folder, chunk: async () => undefined, blob: async () => path };
  return (await executor.execute(job, context)) as ReadDocument;
}

const allEnded = () => Promise.all(started.map(({ ended }) => ended));

describe('text of documents', { timeout: 60_000 }, () => {
  it('a PDF, page by page', async () => {
    expect(await read('a.pdf', makePdf(['The hive is warm.', 'Bees dance.']))).toEqual({
      text: 'The hive is warm.\n\nBees dance.',
      pages: [
        { page: 1, text: 'The hive is warm.' },
        { page: 2, text: 'Bees dance.' },
      ],
      format: 'pdf',
    });
  });

  it('a DOCX, a page of HTML, Markdown and plain text', async () => {
    expect(await read('a.docx', makeDocx(['First line', 'Second line']))).toMatchObject({
      text: 'First line\n\nSecond line',
      format: 'docx',
    });
    const page = '<html><head><script>steal()</script></head><body><h1>Bees</h1><p>Busy &amp; kind</p></body></html>';
    expect(await read('a.html', page)).toMatchObject({ text: 'Bees\n\nBusy & kind', format: 'html' });
    expect(await read('a.md', '# Bees\n')).toMatchObject({ text: '# Bees', format: 'markdown' });
    expect(await read('a.txt', Buffer.from('h\xf4tel', 'latin1'))).toMatchObject({ text: 'hôtel', format: 'text' });
  });

  const withoutEnd = (content: Buffer) => content.subarray(0, content.length - 30);
  it.each<[string, string, () => Buffer, Options, string]>([
    ['a PDF with a password', 'a.pdf', makeEncryptedPdf, {}, 'document_encrypted'],
    [
      '50 MB that only begin like a PDF',
      'a.pdf',
      () => Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(50 * 1024 * 1024, 65)]),
      { limits: { ramMb: 512 } },
      'document_memory',
    ],
    ['a PDF that is none', 'a.pdf', () => Buffer.from('hello'), {}, 'document_broken'],
    ['a PDF of pictures', 'a.pdf', () => makePdf(['', '']), {}, 'document_no_text'],
    ['a file of 65 MB', 'a.txt', () => Buffer.from('x'), { size: 65 * 1024 * 1024 }, 'document_too_large'],
    ['a DOCX without its end', 'a.docx', () => withoutEnd(makeDocx(['a'])), {}, 'document_broken'],
    ['a DOCX that is none', 'a.docx', () => Buffer.from('hello'), {}, 'document_broken'],
    ['an encrypted DOCX', 'a.docx', () => Buffer.from('d0cf11e0a1b11ae1', 'hex'), {}, 'document_encrypted'],
    ['a DOC of the nineties', 'a.doc', () => Buffer.from('d0cf11e0a1b11ae1', 'hex'), {}, 'document_unsupported'],
    ['another ZIP', 'a.zip', () => makeZip({ 'a.txt': 'a' }), {}, 'document_unsupported'],
    ['a program', 'a.bin', () => Buffer.from('7f454c4600000000', 'hex'), {}, 'document_unsupported'],
    ['a bomb that says so', 'a.docx', () => makeDocx(['a'], 0x7fffffff), {}, 'document_too_large'],
  ])('S10: %s is refused in words', async (_what, name, content, options, code) => {
    const failing = read(name, content(), options);
    await expect(failing).rejects.toMatchObject({ code, fault: 'job' });
    await expect(failing).rejects.toThrow(/\.$/);
  });

  it('S10: a bomb that lies about its size meets the memory limit, and nothing else does', async () => {
    const bomb = makeDocx([Buffer.alloc(400 * 1024 * 1024, 'a').toString('latin1')], 1_000);
    expect(bomb.length).toBeLessThan(1024 * 1024);
    await expect(read('bomb.docx', bomb)).rejects.toMatchObject({
      code: expect.stringMatching(/^document_(memory|broken)$/),
      fault: 'job',
    });
    await allEnded();
    expect(await read('after.txt', 'still here')).toMatchObject({ text: 'still here' });
  });

  it('S10: a PDF of 50 MB, most of it pictures, is read within the memory that is usual', async () => {
    const picture = `<< /Length ${50 * 1024 * 1024} >>\nstream\n${'x'.repeat(50 * 1024 * 1024)}\nendstream`;
    const large = makePdf(['The hive is warm.'], '', [picture]);
    expect(await read('large.pdf', large, { limits: { ramMb: 512 } })).toMatchObject({ text: 'The hive is warm.' });
  });

  it('J3: a cancel ends the process that reads', async () => {
    const abort = new AbortController();
    const before = started.length;
    const reading = read('b.pdf', makePdf(['a']), { signal: abort.signal });
    await expect.poll(() => started.length).toBe(before + 1);
    abort.abort();
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    await allEnded();
  });

  it('S8: a job that names no document is refused', async () => {
    const context = {
      signal: new AbortController().signal,
      folder,
      chunk: async () => undefined,
      blob: async () => '',
    };
    const limits = { cores: 1, ramMb: 256, runSeconds: 60, outputBytes: 1 };
    const job = { jobId: 'job-1', attempt: 1, kind: 'document', input: {}, limits };
    await expect(executor.execute(job, context)).rejects.toMatchObject({ code: 'document_bad_input' });
  });
});
