/** What models were used for, by whom, and what it cost. */
import { type Static, Type } from 'typebox';
import { Timestamp } from './values.ts';

/** What usage is summed by. A day is one of UTC, as `2026-11-22`. */
export const usageGroups = ['day', 'member', 'flow', 'step', 'node', 'model'] as const;
export const UsageGroup = Type.Enum(usageGroups, { $id: 'UsageGroup' });
export type UsageGroup = (typeof usageGroups)[number];

const sums = {
  requests: Type.Integer({ minimum: 0 }),
  inputTokens: Type.Integer({ minimum: 0 }),
  outputTokens: Type.Integer({ minimum: 0 }),
  /** Milliseconds that models worked on it. */
  ms: Type.Integer({ minimum: 0 }),
  /** In the price table's currency, of what has a price; null when nothing had one. */
  cost: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
  /** Requests whose tokens are estimates. */
  estimated: Type.Integer({ minimum: 0 }),
  /** Requests for whose model there was no price. */
  unpriced: Type.Integer({ minimum: 0 }),
};
export const UsageSums = Type.Object(sums, { $id: 'UsageSums' });
export type UsageSums = Static<typeof UsageSums>;

export const UsageLine = Type.Object(
  {
    /** A day, or the id (member: the name) of what it is summed by; '' for what belongs to none. */
    key: Type.String(),
    /** In words. */
    label: Type.String(),
    ...sums,
  },
  { $id: 'UsageLine' },
);
export type UsageLine = Static<typeof UsageLine>;

export const UsageReport = Type.Object(
  {
    from: Timestamp,
    to: Timestamp,
    by: UsageGroup,
    currency: Type.String(),
    lines: Type.Array(UsageLine),
    total: UsageSums,
    /** True when there were more events than are summed at once; the report then covers the latest of them. */
    cut: Type.Boolean(),
  },
  { $id: 'UsageReport' },
);
export type UsageReport = Static<typeof UsageReport>;

/** One price: of a model by name, `*` at the end standing for anything. The first that fits counts. */
export const Price = Type.Object(
  {
    model: Type.String({ minLength: 1, maxLength: 200 }),
    /** Per million tokens. */
    input: Type.Number({ minimum: 0, maximum: 1_000_000 }),
    output: Type.Number({ minimum: 0, maximum: 1_000_000 }),
  },
  { $id: 'Price' },
);
export type Price = Static<typeof Price>;

export const PriceTable = Type.Object(
  {
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    prices: Type.Array(Price, { maxItems: 500 }),
  },
  { $id: 'PriceTable' },
);
export type PriceTable = Static<typeof PriceTable>;

/** Cost of so many tokens by the first price that fits the model; null where none does. Pure. */
export function costOf(
  { prices }: PriceTable,
  model: string,
  tokens: { inputTokens: number; outputTokens: number },
): number | null {
  const price = prices.find(({ model: name }) =>
    name.endsWith('*') ? model.startsWith(name.slice(0, -1)) : name === model,
  );
  if (price === undefined) return null;
  return (price.input * tokens.inputTokens + price.output * tokens.outputTokens) / 1_000_000;
}
