import './mosaic.css';
import { machineColour } from './machine-chip.tsx';

/** One item of a Map. `colour` is the machine's, where one did or does it. */
export interface MosaicCell {
  key: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  colour?: number;
}

/** Above this many items, show a Weave with counts instead (DESIGN.md, Map). */
export const mosaicLimit = 96;

interface MosaicProps {
  cells: readonly MosaicCell[];
  /** "48 receipts: 30 read, 1 failed, 3 being read, 14 waiting" */
  label: string;
  /** Fills the width instead of cells of 13 px. */
  fill?: boolean;
}

/** One cell per item, in the colour of the node that did it, 16 a row. */
export const Mosaic = ({ cells, label, fill = false }: MosaicProps) => (
  <div className="ui-mosaic" role="img" aria-label={label} {...(fill ? { 'data-fill': '' } : {})}>
    {cells.map((cell) => (
      <i key={cell.key} data-cell={cell.state} style={cell.colour === undefined ? {} : machineColour(cell.colour)} />
    ))}
  </div>
);
