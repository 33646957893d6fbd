import './avatar.css';

/** Up to two initials of a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...(word ?? '')][0]?.toLocaleUpperCase('en') ?? '').join('') || '?';
}

/** One of the six person colours, the same for a person every time. */
export function personColour(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return (sum % 6) + 1;
}

interface AvatarProps {
  name: string;
  /** Chooses the colour; the name where no id is known. */
  id?: string;
  size?: 18 | 24;
  /** False where the name stands beside it. */
  said?: boolean;
}

/** People are round. */
export function Avatar({ name, id, size = 24, said = true }: AvatarProps) {
  const colour = { background: `var(--person-${personColour(id ?? name)})` };
  const words = said ? { role: 'img' as const, 'aria-label': name, title: name } : { 'aria-hidden': true as const };
  // Letters to look at, not to read: drawn by the style, they are no part of what a button around them is called.
  return <span className="ui-avatar" data-size={size} data-initials={initials(name)} style={colour} {...words} />;
}
