import { create } from 'zustand';
import { readStored, writeStored } from './stored.ts';

export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const isChoice = (value: string | null): value is ThemeChoice => themeChoices.some((choice) => choice === value);

export const useTheme = create<{ choice: ThemeChoice }>(() => {
  const stored = readStored('theme');
  return { choice: isChoice(stored) ? stored : 'system' };
});

export function chooseTheme(choice: ThemeChoice): void {
  writeStored('theme', choice);
  useTheme.setState({ choice });
}

/** Keeps `data-theme` of the page in step with the choice and the system; answers its stop. */
export function startTheme(page: HTMLElement, dark: MediaQueryList): () => void {
  const show = () => {
    const { choice } = useTheme.getState();
    page.dataset['theme'] = choice === 'system' ? (dark.matches ? 'dark' : 'light') : choice;
  };
  show();
  dark.addEventListener('change', show);
  const stop = useTheme.subscribe(show);
  return () => {
    dark.removeEventListener('change', show);
    stop();
  };
}
