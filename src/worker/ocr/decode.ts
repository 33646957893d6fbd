/** The characters of the recogniser's classes: nothing, those of the dictionary, and the space. */
export function alphabetOf(dictionary: string): string[] {
  return ['', ...dictionary.replace(/\r/g, '').replace(/\n$/, '').split('\n'), ' '];
}

export interface Decoded {
  text: string;
  /** Mean probability of the characters, 0 for no text. */
  score: number;
}

interface Letter {
  text: string;
  score: number;
  step: number;
}

/**
 * Reads the recogniser's output: the likeliest class per step, repetitions and blanks dropped (CTC, Graves 2006).
 * The model tends to swallow spaces between Latin words; a gap much wider than the line's usual one is a space.
 */
export function decodeLine(probabilities: Float32Array, steps: number, alphabet: readonly string[]): Decoded {
  const letters = readLetters(probabilities, steps, alphabet);
  if (letters.length === 0) return { text: '', score: 0 };
  const score = letters.reduce((sum, letter) => sum + letter.score, 0) / letters.length;
  return { text: withSpaces(letters).trim(), score };
}

function readLetters(probabilities: Float32Array, steps: number, alphabet: readonly string[]): Letter[] {
  const letters: Letter[] = [];
  let previous = 0;
  for (let step = 0; step < steps; step++) {
    const from = step * alphabet.length;
    let best = 0;
    for (let index = 1; index < alphabet.length; index++) {
      if ((probabilities[from + index] ?? 0) > (probabilities[from + best] ?? 0)) best = index;
    }
    if (best !== 0 && best !== previous)
      letters.push({ text: alphabet[best] ?? '', score: probabilities[from + best] ?? 0, step });
    previous = best;
  }
  return letters;
}

const latin = /[\u0021-\u024f]/;

function withSpaces(letters: readonly Letter[]): string {
  const gaps = letters.slice(1).map((letter, index) => letter.step - (letters[index]?.step ?? 0));
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  let text = letters[0]?.text ?? '';
  for (const [index, letter] of letters.slice(1).entries()) {
    const before = letters[index]?.text ?? '';
    const wide = (gaps[index] ?? 0) >= Math.max(usual * 1.5, usual + 2);
    if (wide && latin.test(before) && latin.test(letter.text)) text += ' ';
    text += letter.text;
  }
  return text;
}
