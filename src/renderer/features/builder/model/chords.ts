/** Keys as text: `Ctrl+Shift+G`, `Alt+ArrowRight`, `?`. Ctrl stands for the command key on a Mac too. Pure. */

interface Keys {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** The chord that was pressed. Shift is named where the key has no sign of its own for it (`Shift+A`, but `?`). */
export function chordOf({ key, code, ctrlKey, metaKey, altKey, shiftKey }: Keys): string {
  // With Alt a Mac types other letters; the key itself says which one was meant.
  const letter = altKey && /^Key[A-Z]$/.test(code) ? code.slice(3) : key.length === 1 ? key.toUpperCase() : key;
  const named = letter === ' ' ? 'Space' : letter;
  const shift = shiftKey && (named.length > 1 || /[A-Z]/.test(named));
  return [ctrlKey || metaKey ? 'Ctrl' : '', altKey ? 'Alt' : '', shift ? 'Shift' : '', named].filter(Boolean).join('+');
}

const signs: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
};
const macSigns: Readonly<Record<string, string>> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' };

/** A chord as it is shown: "Ctrl Shift G", on a Mac "⌘ ⇧ G". */
export function chordWords(chord: string, mac = /Mac|iPhone|iPad/.test(navigator.userAgent)): string {
  const parts = chord === '+' ? ['+'] : chord.split('+').map((part) => (part === '' ? '+' : part));
  return parts.map((part) => (mac ? macSigns[part] : undefined) ?? signs[part] ?? part).join(' ');
}
