import { useEffect } from 'react';
import { create } from 'zustand';
import type { PaletteGroup } from '../ui/command-palette.tsx';

/** `page`: what the page that is open adds, asked for when the palette opens. */
export const usePalette = create<{ open: boolean; page: (() => PaletteGroup) | null }>(() => ({
  open: false,
  page: null,
}));
export const openPalette = (): void => usePalette.setState({ open: true });
export const setPaletteOpen = (open: boolean): void => usePalette.setState({ open });

/** Puts what can be done on this page at the head of the palette, while the page is open. */
export function usePalettePage(page: () => PaletteGroup): void {
  useEffect(() => {
    usePalette.setState({ page });
    return () => usePalette.setState((now) => (now.page === page ? { page: null } : {}));
  }, [page]);
}
