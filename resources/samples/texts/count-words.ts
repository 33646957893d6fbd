// Counts the words of one text. Runs once for each text, on whatever node has room.

interface Statistics {
  text: string;
  words: number;
  sentences: number;
  counts: Record<string, number>;
}

export default function countWords({ content, name }: { content: string; name: string }): Statistics {
  const words = content.toLowerCase().match(/\p{L}+(?:['’]\p{L}+)*/gu) ?? [];
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sentences = content.match(/[^.!?]+[.!?]+/g)?.length ?? 0;
  return { text: name, words: words.length, sentences, counts: Object.fromEntries(counts) };
}
