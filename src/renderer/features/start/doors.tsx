import type { ReactNode } from 'react';
import { machineMark } from '../../ui/machine-chip.tsx';

const Square = ({ x, y, size, colour, mark }: { x: number; y: number; size: number; colour: number; mark: number }) => (
  <g transform={`translate(${x} ${y})`}>
    <rect width={size} height={size} rx={size * 0.24} fill={`var(--machine-${colour})`} />
    <g transform={`scale(${size / 16})`} fill="var(--on-machine)">
      {machineMark(mark)}
    </g>
  </g>
);

const Line = ({ d, dashed = false }: { d: string; dashed?: boolean }) => (
  <path
    d={d}
    fill="none"
    stroke={dashed ? 'var(--signal-line)' : 'var(--line-ui)'}
    strokeWidth={dashed ? 2.5 : 1.5}
    {...(dashed ? { strokeDasharray: '2 7', strokeLinecap: 'round' as const } : {})}
  />
);

const Drawing = ({ children }: { children: ReactNode }) => (
  <svg viewBox="0 0 396 208" className="absolute inset-0 size-full" aria-hidden="true">
    {children}
  </svg>
);

interface Own {
  colour: number;
  mark: number;
}

/** A text, this machine, an answer. */
export const AlonePicture = ({ own }: { own: Own }) => (
  <Drawing>
    <Line d="M74 104H150M246 104H322" />
    <rect x="30" y="84" width="50" height="40" rx="6" fill="var(--surface)" stroke="var(--line-ui)" strokeWidth="1.5" />
    <path d="M41 97h28M41 104h20M41 111h24" stroke="var(--ink-3)" strokeWidth="1.6" />
    <rect
      x="316"
      y="84"
      width="50"
      height="40"
      rx="6"
      fill="var(--surface)"
      stroke="var(--line-ui)"
      strokeWidth="1.5"
    />
    <path
      d="m331 104 7 7 13-14"
      fill="none"
      stroke="var(--done)"
      strokeWidth="2.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
    <Square x={150} y={56} size={96} {...own} />
    <circle cx="80" cy="104" r="4" fill="var(--type-text)" />
    <circle cx="316" cy="104" r="4" fill="var(--type-text)" />
  </Drawing>
);

/** This machine in the middle of others. */
export const HostPicture = ({ own }: { own: Own }) => (
  <Drawing>
    <Line d="M198 104L86 56M198 104L86 152M198 104L310 56M198 104L310 152" />
    <Square x={160} y={66} size={76} {...own} />
    <Square x={66} y={36} size={40} colour={1} mark={1} />
    <Square x={66} y={132} size={40} colour={3} mark={3} />
    <Square x={290} y={36} size={40} colour={7} mark={7} />
    <rect
      x="290.75"
      y="132.75"
      width="38.5"
      height="38.5"
      rx="9.6"
      fill="var(--frame)"
      stroke="var(--line-ui)"
      strokeWidth="1.5"
      strokeDasharray="4 4"
    />
    <circle
      cx="198"
      cy="104"
      r="54"
      fill="none"
      stroke="var(--signal-line)"
      strokeWidth="1.5"
      strokeDasharray="2 6"
      strokeLinecap="round"
    />
  </Drawing>
);

/** This machine on its way to others. */
export const JoinPicture = ({ own }: { own: Own }) => (
  <Drawing>
    <Line d="M104 62L176 104M104 148L176 104M104 62V148" />
    <Line d="M176 104H300" dashed />
    <Square x={82} y={40} size={44} colour={1} mark={1} />
    <Square x={82} y={126} size={44} colour={3} mark={3} />
    <Square x={154} y={82} size={44} colour={7} mark={7} />
    <Square x={272} y={70} size={68} {...own} />
  </Drawing>
);

interface DoorProps {
  number: number;
  title: string;
  picture: ReactNode;
  text: string;
  children: ReactNode;
}

/** One of the three ways to begin. */
export const Door = ({ number, title, picture, text, children }: DoorProps) => (
  <section
    className="door flex flex-col overflow-hidden rounded-[14px] border border-line-2 bg-surface"
    aria-labelledby={`door-${number}`}
  >
    <div className="door-picture relative h-[min(250px,26vh)] min-h-32 border-b border-line">{picture}</div>
    <div className="flex flex-1 flex-col px-5.5 pt-5 pb-5.5">
      <h2 id={`door-${number}`} className="row gap-2.5 text-[19px] leading-[26px] font-strong tracking-[-0.014em]">
        {title}
        <span className="ml-auto text-12 font-text text-ink-3" aria-hidden="true">
          {number}
        </span>
      </h2>
      <p className="mt-1.5 mb-4.5 text-14 text-ink-2">{text}</p>
      <div className="mt-auto">{children}</div>
    </div>
  </section>
);
