import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from '../../ui/button.tsx';
import { formatCount } from '../../ui/numbers.ts';
import { type ShownWindow, windowWords } from './item-window.ts';

interface ItemPagerProps {
  /** The Map's name, so that it is told from another one's. */
  name: string;
  window: ShownWindow;
  onWindow: (first: number | null) => void;
}

/** Which items of a long Map are shown, with the way to those before and after. */
export function ItemPager({ name, window, onWindow }: ItemPagerProps) {
  const { first, items, total } = window;
  return (
    <span className="row gap-0.5 text-12 whitespace-nowrap text-ink-3">
      <IconButton
        size="s"
        variant="ghost"
        icon={ChevronLeft}
        label={`Items of ${name} before these`}
        disabled={first === 0}
        onClick={() => onWindow(Math.max(0, first - items))}
      />
      <span aria-live="polite">{windowWords(window, formatCount)}</span>
      <IconButton
        size="s"
        variant="ghost"
        icon={ChevronRight}
        label={`Items of ${name} after these`}
        disabled={first + items >= total}
        onClick={() => onWindow(first + items)}
      />
    </span>
  );
}
