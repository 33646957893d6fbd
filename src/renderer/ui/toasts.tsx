import './toasts.css';
import { X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { create } from 'zustand';
import { Button, IconButton } from './button.tsx';
import { type GlyphState, StateGlyph } from './state-glyph.tsx';

export interface Toast {
  /** What happened, in one sentence. */
  text: ReactNode;
  /** A state's glyph at the left, or a chip. */
  sign?: GlyphState | { lead: ReactNode };
  /** The way back, or the way on. */
  action?: { label: string; run: () => void };
  /** Milliseconds; longer where something can be undone. */
  stays?: number;
  /** When it has gone without its action being used. */
  onGone?: () => void;
}

interface Shown extends Toast {
  key: number;
}

const useToasts = create<{ shown: readonly Shown[]; count: number }>(() => ({ shown: [], count: 0 }));
const mostAtOnce = 4;

/** Shows a toast; answers the function that takes it away. */
export function toast(said: Toast): () => void {
  const key = useToasts.getState().count + 1;
  useToasts.setState(({ shown }) => ({ count: key, shown: [...shown, { ...said, key }].slice(-mostAtOnce) }));
  return () => drop(key);
}

const drop = (key: number) => useToasts.setState(({ shown }) => ({ shown: shown.filter((one) => one.key !== key) }));

function leave(one: Shown): void {
  drop(one.key);
  one.onGone?.();
}

function act(one: Shown): void {
  drop(one.key);
  one.action?.run();
}

/** Stands once in the frame. F8 leads to the toasts by keyboard. */
export function Toasts() {
  const shown = useToasts((state) => state.shown);
  return (
    <Radix.Provider swipeDirection="right" label="Message">
      {shown.map((one) => (
        <Radix.Root
          key={one.key}
          className="ui-toast"
          duration={one.stays ?? (one.action ? 8000 : 5000)}
          onOpenChange={(open) => !open && leave(one)}
        >
          {typeof one.sign === 'string' ? <StateGlyph state={one.sign} /> : one.sign?.lead}
          <Radix.Description className="min-w-0 flex-1">{one.text}</Radix.Description>
          {one.action && (
            <Radix.Action asChild altText={one.action.label} onClick={() => act(one)}>
              <Button size="s">{one.action.label}</Button>
            </Radix.Action>
          )}
          <Radix.Close asChild>
            <IconButton icon={X} label="Close" size="s" variant="ghost" />
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="ui-toasts" />
    </Radix.Provider>
  );
}
