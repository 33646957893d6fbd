import type { TextBox } from './boxes.ts';

export interface Piece {
  text: string;
  score: number;
  box: TextBox;
}

/** One line as people read it: pieces beside each other, from left to right. */
export interface Row {
  text: string;
  score: number;
  box: TextBox;
}

/**
 * Puts pieces of text into reading order: rows from top to bottom along the skew of the page, and in a row from left
 * to right. Pieces are of one row when their middles differ by less than half the smaller one's height.
 */
export function toRows(pieces: readonly Piece[]): Row[] {
  const angle = usualAngle(pieces);
  const placed = pieces.map((piece) => ({ piece, ...level(piece.box, angle) })).toSorted((a, b) => a.across - b.across);
  const rows: (typeof placed)[] = [];
  for (const item of placed) {
    const row = rows.findLast((candidate) => candidate.every((other) => beside(item, other)));
    if (row === undefined) rows.push([item]);
    else row.push(item);
  }
  return rows.map((row) =>
    join(
      row.toSorted((a, b) => a.along - b.along).map(({ piece }) => piece),
      angle,
    ),
  );
}

interface Placed {
  piece: Piece;
  along: number;
  across: number;
}

function beside(one: Placed, other: Placed): boolean {
  const near = Math.abs(one.across - other.across) < Math.min(one.piece.box.height, other.piece.box.height) / 2;
  const apart = Math.abs(one.along - other.along) - (one.piece.box.width + other.piece.box.width) / 2;
  return near && apart > -Math.min(one.piece.box.height, other.piece.box.height);
}

function level(box: TextBox, angle: number): { along: number; across: number } {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return { along: box.x * cos + box.y * sin, across: box.y * cos - box.x * sin };
}

function usualAngle(pieces: readonly Piece[]): number {
  const widest = pieces.toSorted((a, b) => b.box.width - a.box.width).slice(0, Math.ceil(pieces.length / 2));
  const angles = widest.map(({ box }) => box.angle).toSorted((a, b) => a - b);
  return angles[Math.floor(angles.length / 2)] ?? 0;
}

function join(pieces: readonly Piece[], angle: number): Row {
  const score = pieces.reduce((sum, piece) => sum + piece.score, 0) / pieces.length;
  return {
    text: pieces.map(({ text }) => text).join(' '),
    score,
    box: hull(
      pieces.map(({ box }) => box),
      angle,
    ),
  };
}

function hull(boxes: readonly TextBox[], angle: number): TextBox {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const edges = boxes.map((box) => ({ ...level(box, angle), width: box.width, height: box.height }));
  const left = Math.min(...edges.map((edge) => edge.along - edge.width / 2));
  const right = Math.max(...edges.map((edge) => edge.along + edge.width / 2));
  const top = Math.min(...edges.map((edge) => edge.across - edge.height / 2));
  const bottom = Math.max(...edges.map((edge) => edge.across + edge.height / 2));
  const along = (left + right) / 2;
  const across = (top + bottom) / 2;
  const score = Math.min(...boxes.map((box) => box.score));
  return {
    x: along * cos - across * sin,
    y: along * sin + across * cos,
    width: right - left,
    height: bottom - top,
    angle,
    score,
  };
}

/** The corners of a box from its top left, clockwise, in pixels of the image. */
export function corners(box: TextBox, scale: number): [number, number][] {
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  const signs = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ] as const;
  return signs.map(([horizontal, vertical]) => {
    const along = (horizontal * box.width) / 2;
    const across = (vertical * box.height) / 2;
    return [tenth((box.x + along * cos - across * sin) / scale), tenth((box.y + along * sin + across * cos) / scale)];
  });
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
