/** Cuts a text into pieces of a bounded length that overlap, at the borders that people see. Pure; linear in the text. */

export type ChunkBorder = 'characters' | 'sentences' | 'paragraphs';

export interface ChunkPlan {
  readonly by: ChunkBorder;
  /** The longest piece, in characters. */
  readonly size: number;
  /** What of the end of a piece the next one repeats at most, in characters; less than `size`. */
  readonly overlap: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The pieces in the order of the text, none empty, none longer than `size`. */
export function chunksOf(text: string, { by, size, overlap }: ChunkPlan): string[] {
  const units = by === 'characters' ? windows({ from: 0, to: text.length }, text, size - overlap) : spans(text, by);
  const pieces =
    by === 'characters' ? units.map(({ from }) => ({ from, to: from + size })) : packed(units, text, { size, overlap });
  const texts: string[] = [];
  for (const { from, to } of pieces) {
    const piece = text.slice(from, whole(text, Math.min(to, text.length))).trim();
    if (piece !== '') texts.push(piece);
    if (by === 'characters' && to >= text.length) break;
  }
  return texts;
}

/** Borders: a blank line, or the end of a sentence in Latin or East Asian script. */
const borders = {
  paragraphs: /\n[^\S\n]*\n\s*/g,
  sentences: /[.!?…]+["'”’)\]]*\s+|[。！？]+|\n[^\S\n]*\n\s*/g,
} as const;

function spans(text: string, by: 'sentences' | 'paragraphs'): Span[] {
  const found: Span[] = [];
  let from = 0;
  for (const border of text.matchAll(borders[by])) {
    const to = border.index + border[0].length;
    found.push({ from, to });
    from = to;
  }
  if (from < text.length) found.push({ from, to: text.length });
  return found;
}

/** Fills each piece with whole units; a unit that is longer than a piece is cut. */
function packed(units: readonly Span[], text: string, { size, overlap }: Omit<ChunkPlan, 'by'>): Span[] {
  const fitting = units.flatMap((unit) => (unit.to - unit.from > size ? windows(unit, text, size) : [unit]));
  const pieces: Span[] = [];
  let first = 0;
  for (let next = 0; next < fitting.length; next += 1) {
    const unit = fitting[next] as Span;
    if (next > first && unit.to - (fitting[first] as Span).from > size) {
      pieces.push({ from: (fitting[first] as Span).from, to: unit.from });
      first = repeatedFrom(fitting, first, next, { size, overlap });
    }
  }
  const start = fitting[first];
  return start === undefined ? pieces : [...pieces, { from: start.from, to: text.length }];
}

/** The first unit of the next piece: the last ones are repeated as far as overlap and size allow. */
function repeatedFrom(units: readonly Span[], first: number, next: number, { size, overlap }: Omit<ChunkPlan, 'by'>) {
  const { from, to } = units[next] as Span;
  let start = next;
  while (start - 1 > first) {
    const before = (units[start - 1] as Span).from;
    if (from - before > overlap || to - before > size) break;
    start -= 1;
  }
  return start;
}

function windows({ from, to }: Span, text: string, step: number): Span[] {
  const found: Span[] = [];
  for (let at = from; at < to; ) {
    const end = Math.max(at + 1, whole(text, Math.min(to, at + step)));
    found.push({ from: at, to: end });
    at = end;
  }
  return found;
}

/** A place that does not cut a character of two code units in half. */
function whole(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return at > 0 && at < text.length && code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
