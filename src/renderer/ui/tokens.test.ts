// biome-ignore lint/style/noRestrictedImports: a test runs in Node
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** The claims of DESIGN.md about colour, computed from tokens.css. Colours are OKLCH; https://bottosson.github.io/posts/oklab/ */
type Rgb = readonly [number, number, number];
type Tokens = ReadonlyMap<string, string>;
const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** The custom properties of the rule whose selector ends so. */
function block(selector: string): Tokens {
  const start = css.replaceAll('"', "'").indexOf(`${selector} {`);
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('\n}', start)).replace(/\/\*[\s\S]*?\*\//g, '');
  return new Map(
    [...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? '', (match[2] ?? '').trim()]),
  );
}

const shared = block(':root');
const themes = {
  light: new Map([...shared, ...block("[data-theme='light']")]),
  dark: new Map([...shared, ...block("\n[data-theme='dark']")]),
};

/** Linear RGB of a token that is an opaque OKLCH colour. */
function linear(tokens: Tokens, name: string): Rgb {
  const value = tokens.get(name) ?? '';
  const link = /^var\(--([\w-]+)\)$/.exec(value);
  if (link) return linear(tokens, link[1] ?? '');
  const parts = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)(?: \/ [\d.]+)?\)$/.exec(value);
  if (!parts) throw new Error(`--${name} is not an OKLCH colour: ${value}`);
  const [lightness, chroma, hue] = [Number(parts[1]), Number(parts[2]), (Number(parts[3]) * Math.PI) / 180];
  return fromOklab([lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)]);
}

function fromOklab([L, a, b]: Rgb): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function toOklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const clamp = (channel: number) => Math.min(1, Math.max(0, channel));
const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** WCAG 2.2 contrast of two tokens. */
function contrast(tokens: Tokens, one: string, other: string): number {
  const [low, high] = [luminance(linear(tokens, one)), luminance(linear(tokens, other))].sort((a, b) => a - b);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

/** Colour-blind sight, Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. */
const sights: Record<string, readonly [Rgb, Rgb, Rgb]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function seen(matrix: readonly [Rgb, Rgb, Rgb], colour: Rgb): Rgb {
  const channel = (row: Rgb) => clamp(row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2]);
  return [channel(matrix[0]), channel(matrix[1]), channel(matrix[2])];
}

const distance = (one: Rgb, other: Rgb) => Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
const numbered = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);

const surfaces = ['frame', 'canvas', 'surface', 'raised', 'sunken'];
const inks = ['ink', 'ink-2', 'ink-3'];
const voices = ['signal-line', 'done', 'fail', 'warn'];
const types = ['text', 'number', 'boolean', 'json', 'file', 'image', 'embedding', 'any'].map((type) => `type-${type}`);
const lines = [
  'line-ui',
  'fail-line',
  'warn-line',
  'run-line',
  ...numbered('machine', 8),
  ...types,
  ...numbered('person-line', 6),
];

describe.each(Object.entries(themes))('DESIGN colour roles, %s', (theme, tokens) => {
  const weakest = (pairs: readonly (readonly [string, string])[]) =>
    pairs
      .map(([one, other]) => ({ pair: `${one} on ${other}`, ratio: contrast(tokens, one, other) }))
      .sort((a, b) => a.ratio - b.ratio)[0];

  test('every text role reads at 4.5:1 on all five surfaces', () => {
    const pairs = [...inks, ...voices].flatMap((text) => surfaces.map((ground) => [text, ground] as const));
    expect(weakest(pairs)?.ratio).toBeGreaterThanOrEqual(4.5);
  });

  test('every text role reads at 4.5:1 on the soft fills it stands on', () => {
    const softs = ['done', 'fail', 'warn'].flatMap(
      (state) =>
        [
          [state, `${state}-soft`],
          ['ink', `${state}-soft`],
          ['ink-2', `${state}-soft`],
        ] as const,
    );
    const answers = [
      ['ink', 'signal-soft'],
      ['ink-2', 'signal-soft'],
      ['signal-line', 'signal-soft'],
      ['run', 'run-soft'],
      ['ink-2', 'wait-soft'],
    ] as const;
    const fills = [
      ['on-ink', 'ink'],
      ['on-signal', 'signal'],
      ['on-signal', 'signal-press'],
      ['surface', 'fail'],
    ] as const;
    expect(weakest([...softs, ...answers, ...fills])?.ratio).toBeGreaterThanOrEqual(4.5);
  });

  test('people read their initials at 4.5:1', () => {
    expect(
      weakest(numbered('person', 6).map((person) => ['on-person', person] as const))?.ratio,
    ).toBeGreaterThanOrEqual(4.5);
  });

  test('control edges, state lines, machines, ports and person lines stand out at 3:1', () => {
    const grounds = ['canvas', 'surface', 'raised'];
    expect(
      weakest(lines.flatMap((line) => grounds.map((ground) => [line, ground] as const)))?.ratio,
    ).toBeGreaterThanOrEqual(3);
    expect(
      weakest(numbered('machine', 8).map((machine) => ['on-machine', machine] as const))?.ratio,
    ).toBeGreaterThanOrEqual(3);
  });

  test('selection and focus stand out at 3:1', () => {
    expect(weakest(surfaces.map((ground) => ['select', ground] as const))?.ratio).toBeGreaterThanOrEqual(3);
  });

  test.each(Object.entries(sights))('the eight machines stay apart in %s sight', (_, matrix) => {
    const colours = numbered('machine', 8).map((machine) => toOklab(seen(matrix, linear(tokens, machine))));
    const gaps = colours.flatMap((one, index) => colours.slice(index + 1).map((other) => distance(one, other)));
    // The claim is made to three places.
    expect(Math.round(Math.min(...gaps) * 1000) / 1000).toBeGreaterThanOrEqual(theme === 'light' ? 0.078 : 0.086);
  });
});
