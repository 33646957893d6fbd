import { convert } from 'html-to-text';

/** Longer notes are cut; nobody reads more in a panel. */
export const longestNotes = 20_000;
const longestSource = 400_000;

type Notes = string | readonly { version: string; note: string | null }[] | null | undefined;

/**
 * Release notes as plain text: they come from the internet as HTML, and nothing of it becomes markup, a link or a picture here (S12).
 */
export function plainNotes(notes: Notes): string {
  if (notes === null || notes === undefined) return '';
  const source =
    typeof notes === 'string' ? notes : notes.map(({ version, note }) => `<h3>${version}</h3>${note ?? ''}`).join('');
  const text = convert(source.slice(0, longestSource), {
    wordwrap: false,
    limits: { maxInputLength: longestSource, maxDepth: 32, maxChildNodes: 2_000 },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      ...['h1', 'h2', 'h3', 'h4'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  });
  const clean = withoutControls(text)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return clean.length > longestNotes ? `${clean.slice(0, longestNotes - 1)}…` : clean;
}

/** Neither control characters nor those that turn the direction of text. */
function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) =>
    character === '\n' || character === '\t' ? character : '',
  );
}
