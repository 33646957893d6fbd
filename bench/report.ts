export interface Line {
  bench: string;
  value: number;
  unit: string;
  /** What the bare limit reached in the same run, or the bound that quality.md names. */
  limit: number;
  /** For rates value ÷ limit (more is better); for times and sizes value ÷ limit as well (less is better). */
  ratio: number;
  n: number;
  notes: string;
}

const rounded = (value: number) => Number(value.toPrecision(4));

/** Prints one line of JSON. */
export function report(line: Omit<Line, 'ratio'>): void {
  const { bench, value, unit, limit, n, notes } = line;
  const ratio = rounded(value / limit);
  console.log(JSON.stringify({ bench, value: rounded(value), unit, limit: rounded(limit), ratio, n, notes }));
}

export const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
