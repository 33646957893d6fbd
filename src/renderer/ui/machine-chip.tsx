import './machine-chip.css';
import type { CSSProperties, ReactNode } from 'react';

/** Colour and mark of a node, 1–8 each (DESIGN.md, Machines); 0 is the host. */
export interface MachineLook {
  colour: number;
  mark: number;
}

/** here = full, away (paused, off hours, draining) = outline, lost = dashed. */
export type Presence = 'here' | 'away' | 'lost';
export type ChipSize = 13 | 16 | 20 | 36;

const marks: readonly ReactNode[] = [
  <circle key="disc" cx="8" cy="8" r="3.4" />,
  <path key="diamond" d="M8 3.6 12.4 8 8 12.4 3.6 8Z" />,
  <path key="triangle" d="M8 4 12.3 11.6H3.7Z" />,
  <path key="bars" d="M4.6 4.2h2.4v7.6H4.6zM9 4.2h2.4v7.6H9z" />,
  <path key="cross" d="M6.9 4h2.2v2.9H12v2.2H9.1V12H6.9V9.1H4V6.9h2.9z" />,
  <g key="half">
    <path d="M8 3.9a4.1 4.1 0 0 1 0 8.2z" />
    <path d="M7.2 4.4v7.2A3.7 3.7 0 0 1 7.2 4.4z" opacity=".38" />
  </g>,
  <path
    key="ring"
    fillRule="evenodd"
    d="M8 3.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4Zm0 2.3a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8Z"
  />,
  <path key="corner" d="M4.2 4.2h2.6v5h5v2.6H4.2z" />,
];

/** Look of the host, which is no node: the grey of work without one, and two trays. */
export const hostColour = 0;
export const hostMark = 0;
const hostTrays = <path d="M4 4.4h8v3H4zM4 8.6h8v3H4z" />;

/** The mark alone, in a box of 16 × 16, for drawings that fill it themselves. */
export const machineMark = (mark: number): ReactNode =>
  mark === hostMark ? hostTrays : marks[(mark - 1) % marks.length];

/** Sets `--c`, the colour of the machine that everything inside takes. */
export const machineColour = (colour: number): CSSProperties =>
  ({ '--c': `var(--machine-${colour})` }) as CSSProperties;

interface MachineChipProps extends MachineLook {
  presence?: Presence;
  size?: ChipSize;
  /** The node's name, where it does not stand beside the chip. */
  name?: string;
}

/** A node's sign: colour and mark, always together. */
export function MachineChip({ colour, mark, presence = 'here', size = 16, name }: MachineChipProps) {
  const said =
    name === undefined ? { 'aria-hidden': true as const } : { role: 'img' as const, 'aria-label': name, title: name };
  return (
    <span className="ui-machine" data-size={size} data-presence={presence} style={machineColour(colour)} {...said}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {machineMark(mark)}
      </svg>
    </span>
  );
}

/** Chip and name: how a node is named everywhere. */
export const MachineName = ({ name, ...chip }: MachineChipProps & { name: string }) => (
  <span className="ui-machine-name">
    <MachineChip {...chip} />
    <span className="cut">{name}</span>
  </span>
);
