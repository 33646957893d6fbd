/**
 * How large steps are and where their ports stand, in pixels of the canvas, so that steps that are not in sight need no
 * measuring: edges and the small map are drawn from these figures. step.css draws to the same measures.
 */
export const grid = 24;

export const measures = {
  width: 208,
  wide: 304,
  small: 144,
  head: 38,
  portRow: 24,
  portsEnd: 4,
  foot: 30,
  border: 2,
  say: 27,
  thumbs: 46,
  table: 52,
  ask: 80,
  /** Five lines of a model, and the room around their well. */
  stream: 113,
  lane: 23,
  lanesEnd: 6,
  failLine: 17,
  failEnd: 10,
  /** Between the frame of a Map and its well, and the well's own room for the names of its ports. */
  wellSide: 8,
  wellEnd: 8,
  wellLeast: 96,
  wellRoom: 24,
  handle: 24,
} as const;

export interface Point {
  x: number;
  y: number;
}
export interface Extent {
  width: number;
  height: number;
}
export interface Box extends Point, Extent {}

export const snap = (value: number): number => Math.round(value / grid) * grid;
export const snapPoint = ({ x, y }: Point): Point => ({ x: snap(x), y: snap(y) });

/** What fills a step between its ports and its foot. */
export type Body =
  | { kind: 'none' }
  | { kind: 'say'; text: string; mono: boolean }
  | { kind: 'thumbs'; images: readonly { fileId: string; name: string }[]; more: number }
  | { kind: 'table'; columns: readonly string[]; row: readonly string[] }
  | { kind: 'fail'; message: string }
  /** What an Output gave, in its first lines. */
  | { kind: 'text'; text: string }
  /** What a model writes. */
  | { kind: 'stream' }
  /** A question to whoever looks. */
  | { kind: 'ask' }
  | { kind: 'lanes'; count: number };

export const portsHeight = (rows: number): number => (rows === 0 ? 0 : rows * measures.portRow + measures.portsEnd);

/** Letters of 12 px that fit a line of a step. */
const lettersPerLine = (width: number): number => Math.floor((width - 26) / 5.9);

export function failHeight(message: string, width: number): number {
  const lines = Math.min(4, Math.max(1, Math.ceil(message.length / lettersPerLine(width))));
  return lines * measures.failLine + measures.failEnd;
}

export function bodyHeight(body: Body, width: number): number {
  switch (body.kind) {
    case 'none':
      return 0;
    case 'say':
      return measures.say;
    case 'thumbs':
      return measures.thumbs;
    case 'table':
      return measures.table;
    case 'fail':
      return failHeight(body.message, width);
    case 'text':
      return failHeight(body.text, width);
    case 'stream':
      return measures.stream;
    case 'ask':
      return measures.ask;
    case 'lanes':
      return body.count === 0 ? 0 : body.count * measures.lane + measures.lanesEnd;
  }
}

/** The size of a step that is no Map. */
export function stepSize(width: number, portRows: number, body: Body): Extent {
  const height = measures.head + portsHeight(portRows) + bodyHeight(body, width) + measures.foot + measures.border - 1;
  return { width, height };
}

/** The cells of a Map: rows of 16 up to 96 items, a weave above, one empty row before the first run; then a line of words. */
export function cellsHeight(total: number): number {
  const rows = total > 96 ? 1 : Math.max(1, Math.ceil(total / 16));
  return 2 + rows * 13 + (rows - 1) * 3 + 8 + 18 + 10;
}

export interface MapLayout extends Extent {
  /** Where the well begins. What stands in it keeps its place relative to this. */
  well: Point;
  wellSize: Extent;
}

/** A Map holds its inner steps: its well reaches around all of them. `inner` is relative to the well. */
export function mapLayout(portRows: number, total: number, inner: readonly Box[]): MapLayout {
  const right = Math.max(0, ...inner.map((box) => box.x + box.width));
  const bottom = Math.max(0, ...inner.map((box) => box.y + box.height));
  const wellWidth = Math.max(measures.wide - 2 * measures.wellSide - measures.border, right + measures.wellRoom * 1.5);
  const wellHeight = Math.max(measures.wellLeast, bottom + 16);
  const wellTop = measures.head + portsHeight(portRows) + cellsHeight(total);
  return {
    width: wellWidth + 2 * measures.wellSide + measures.border,
    height: wellTop + wellHeight + measures.wellEnd + measures.foot + measures.border - 1,
    well: { x: measures.wellSide + 1, y: wellTop },
    wellSize: { width: wellWidth, height: wellHeight },
  };
}

/** Where the centre of a port stands, relative to its step. */
export const portPoint = (side: 'input' | 'output', row: number, width: number): Point => ({
  x: side === 'input' ? 0 : width,
  y: measures.head + row * measures.portRow + measures.portRow / 2,
});

/** The ports of a Map towards its inner graph stand on the edges of the well. */
export const innerPortPoint = (side: 'input' | 'output', row: number, layout: MapLayout): Point => ({
  x: side === 'output' ? layout.well.x : layout.well.x + layout.wellSize.width,
  y: layout.well.y + measures.wellRoom + 10 + row * measures.portRow,
});

/** The smallest box around all of them; null around nothing. */
export function around(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

export const contains = (box: Box, point: Point): boolean =>
  point.x >= box.x && point.x <= box.x + box.width && point.y >= box.y && point.y <= box.y + box.height;

/** The first free place for a box of this size, going down from `wanted` in steps of the grid. */
export function freePlace(wanted: Point, size: Extent, taken: readonly Box[]): Point {
  let place = snapPoint(wanted);
  for (let tries = 0; tries < 200; tries += 1) {
    const at = place;
    const hit = taken.find((box) => overlaps({ ...at, ...size }, box));
    if (hit === undefined) return place;
    place = { x: place.x, y: snap(hit.y + hit.height + grid) };
  }
  return place;
}

const overlaps = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

/** How near one can come and how far away one can go; a flow of a few steps is never a speck. */
export const zooms = { least: 0.02, leastOfFew: 0.08, most: 2 } as const;

export type ZoomLevel = 'near' | 'mid' | 'far';

/** From 70 % all; 35–70 % head, state and thread; below plain blocks. */
export const zoomLevel = (zoom: number): ZoomLevel => (zoom >= 0.7 ? 'near' : zoom >= 0.35 ? 'mid' : 'far');
