/**
 * From the detector's map of probabilities to slanted boxes around text (the post-processing of DB, Liao et al. 2020,
 * https://arxiv.org/abs/1911.08947): threshold, connected regions, a box in the direction of the text, grown again
 * by the share that the detector was taught to leave out.
 */
export interface ProbabilityMap {
  values: Float32Array;
  width: number;
  height: number;
}

/** A box around a piece of text: its centre, its size, and the direction of reading in radians, clockwise. */
export interface TextBox {
  x: number;
  y: number;
  width: number;
  height: number;
  angle: number;
  score: number;
}

interface Region {
  xs: number[];
  ys: number[];
  score: number;
}

const inkThreshold = 0.3;
const boxThreshold = 0.5;
const growth = 1.6;
const leastSide = 3;
const maxBoxes = 2_000;
/** A region this much longer than high tells its direction by itself. */
const telling = 4;
const straying = (6 * Math.PI) / 180;

export function findBoxes(map: ProbabilityMap): TextBox[] {
  const regions = findRegions(map).filter((region) => region.score >= boxThreshold);
  const slants = regions.map(slantOf);
  const skew = commonAngle(slants);
  return regions.flatMap((region, index) => {
    const own = slants[index];
    const angle =
      own !== undefined && own.elongation >= telling && Math.abs(own.angle - skew) < straying ? own.angle : skew;
    const box = boxAround(region, angle);
    return Math.min(box.width, box.height) < leastSide ? [] : [grow(box)];
  });
}

function findRegions({ values, width, height }: ProbabilityMap): Region[] {
  const seen = new Uint8Array(values.length);
  const regions: Region[] = [];
  for (let start = 0; start < values.length && regions.length < maxBoxes; start++) {
    if (seen[start] === 1 || (values[start] ?? 0) <= inkThreshold) continue;
    regions.push(flood(values, width, height, seen, start));
  }
  return regions;
}

function flood(values: Float32Array, width: number, height: number, seen: Uint8Array, start: number): Region {
  const xs: number[] = [];
  const ys: number[] = [];
  const pending = [start];
  let sum = 0;
  seen[start] = 1;
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const x = at % width;
    const y = (at - x) / width;
    xs.push(x);
    ys.push(y);
    sum += values[at] ?? 0;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const next = ny * width + nx;
        if (seen[next] === 1 || (values[next] ?? 0) <= inkThreshold) continue;
        seen[next] = 1;
        pending.push(next);
      }
    }
  }
  return { xs, ys, score: sum / xs.length };
}

/** The direction in which a region's pixels spread most, from their covariance. */
function slantOf({ xs, ys }: Region): { angle: number; elongation: number; weight: number } {
  const cx = mean(xs);
  const cy = mean(ys);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let index = 0; index < xs.length; index++) {
    const dx = (xs[index] ?? 0) - cx;
    const dy = (ys[index] ?? 0) - cy;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  const spread = Math.hypot(xx - yy, 2 * xy);
  const elongation = Math.sqrt((xx + yy + spread) / Math.max(1e-6, xx + yy - spread));
  return { angle: Math.atan2(2 * xy, xx - yy) / 2, elongation, weight: xs.length };
}

/** The weighted median of the directions of long regions that lie about level: the skew of the page. */
export function commonAngle(slants: readonly { angle: number; elongation: number; weight: number }[]): number {
  const level = slants.filter(({ angle, elongation }) => elongation >= telling && Math.abs(angle) < Math.PI / 6);
  const sorted = level.toSorted((one, other) => one.angle - other.angle);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let passed = 0;
  for (const { angle, weight } of sorted) {
    passed += weight;
    if (passed >= half) return angle;
  }
  return 0;
}

function boxAround({ xs, ys, score }: Region, angle: number): TextBox {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let left = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < xs.length; index++) {
    const x = xs[index] ?? 0;
    const y = ys[index] ?? 0;
    const along = x * cos + y * sin;
    const across = y * cos - x * sin;
    left = Math.min(left, along);
    right = Math.max(right, along);
    top = Math.min(top, across);
    bottom = Math.max(bottom, across);
  }
  const along = (left + right + 1) / 2;
  const across = (top + bottom + 1) / 2;
  return {
    x: along * cos - across * sin,
    y: along * sin + across * cos,
    width: right - left + 1,
    height: bottom - top + 1,
    angle,
    score,
  };
}

function grow(box: TextBox): TextBox {
  const by = (box.width * box.height * growth) / (2 * (box.width + box.height));
  return { ...box, width: box.width + 2 * by, height: box.height + 2 * by };
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
