import { type ReactNode, useEffect, useState } from 'react';
import { Input } from '../../ui/input.tsx';
import { Slider } from '../../ui/slider.tsx';

export interface LimitProps {
  word: string;
  note: string;
  value: number;
  min?: number;
  max: number;
  step?: number;
  /** In use now, in the units of the value. */
  used?: number;
  /** Not free at the far end, in the units of the value. */
  kept?: number;
  /** How the figure beside the slider is written and read: the value in a unit that people say, and what it is a part of. */
  figure: { from: (value: number) => number; to: (figure: number) => number; unit: string };
  lead?: ReactNode;
  onChange: (value: number) => void;
}

/** A moved slider is sent when it has rested this long. */
const restMs = 350;

/** One limit, by hand or as a figure: it follows at once, and is sent when the hand rests. */
export function Limit({ word, note, value, min = 0, max, step = 1, used, kept, figure, lead, onChange }: LimitProps) {
  const [draft, setDraft] = useState<number | null>(null);
  useEffect(() => {
    if (draft === null) return;
    const timer = setTimeout(() => {
      onChange(draft);
      setDraft(null);
    }, restMs);
    return () => clearTimeout(timer);
  }, [draft, onChange]);
  const shown = draft ?? value;
  const choose = (next: number) => setDraft(Math.min(max, Math.max(min, next)));
  return (
    <Row
      word={word}
      note={note}
      lead={lead}
      amount={
        <Figure
          word={word}
          unit={figure.unit}
          value={figure.from(shown)}
          onChange={(next) => choose(figure.to(next))}
        />
      }
    >
      <Slider
        label={word}
        value={shown}
        {...{ min, max, step }}
        {...(used === undefined ? {} : { used })}
        {...(kept === undefined ? {} : { kept })}
        words={(at) => `${spoken(figure.from(at))} ${figure.unit}`}
        onChange={setDraft}
      />
    </Row>
  );
}

const spoken = (figure: number) => String(figure >= 10 ? Math.round(figure) : Math.round(figure * 10) / 10);

interface FigureProps {
  word: string;
  value: number;
  unit: string;
  onChange: (figure: number) => void;
}

/** The figure that the slider shows, to type; what is no number leaves it as it was. */
function Figure({ word, value, unit, onChange }: FigureProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const take = () => {
    const figure = Number(typed?.replace(',', '.'));
    if (typed !== null && typed.trim() !== '' && Number.isFinite(figure)) onChange(figure);
    setTyped(null);
  };
  return (
    <Input
      align="end"
      inputMode="decimal"
      aria-label={`${word}, ${unit}`}
      unit={unit}
      value={typed ?? spoken(value)}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={take}
      onKeyDown={({ key }) => {
        if (key === 'Enter') take();
        if (key === 'Escape') setTyped(null);
      }}
    />
  );
}

interface RowProps {
  word: string;
  note: string;
  amount?: ReactNode;
  lead?: ReactNode;
  children: ReactNode;
}

/** Word and note, what is chosen, its figure; one below the other where the page is narrow. */
export const Row = ({ word, note, amount, lead, children }: RowProps) => (
  <div className="grid min-h-15 grid-cols-1 items-center gap-x-4.5 gap-y-2 border-b border-line px-4 py-2.5 last:border-0 narrow:grid-cols-[minmax(96px,132px)_minmax(0,1fr)_128px] narrow:py-0">
    <div className="min-w-0 leading-[17px]">
      <div className="row gap-2 font-medium">
        {lead}
        {word}
      </div>
      <div className="cut text-12 text-ink-3" title={note}>
        {note}
      </div>
    </div>
    {children}
    <div className="text-right text-ink-3">{amount}</div>
  </div>
);
