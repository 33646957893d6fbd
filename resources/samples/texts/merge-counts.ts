// Adds up what was counted in each text: the reducing half of map and reduce.

interface Statistics {
  text: string;
  words: number;
  sentences: number;
  counts: Record<string, number>;
}

/** Short words that every text is full of. */
const common = new Set('a an and are as at be but by for from has in is it its no not of on or so than that the then to was were what when where which with'.split(' '));

export default function mergeCounts({ texts }: { texts: (Statistics | null)[] }) {
  const found = texts.filter((one) => one !== null);
  const totals = new Map<string, { count: number; texts: number }>();
  for (const { counts } of found)
    for (const [word, count] of Object.entries(counts)) {
      const before = totals.get(word) ?? { count: 0, texts: 0 };
      totals.set(word, { count: before.count + count, texts: before.texts + 1 });
    }
  return [...totals]
    .filter(([word]) => !common.has(word))
    .map(([word, numbers]) => ({ word, ...numbers }))
    .sort((one, other) => other.count - one.count || (one.word < other.word ? -1 : 1))
    .slice(0, 25);
}
