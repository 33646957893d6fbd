import type { Node } from '../../../shared/model/node.ts';
import { factsOf, share } from '../../app/node-facts.ts';
import { formatGigabytes, formatMemory } from '../../ui/numbers.ts';
import { Meter } from '../../ui/usage-bar.tsx';

interface LoadLine {
  word: string;
  used: number;
  kept: number;
  figure: string;
}

/** What the jobs have reserved, on a scale of the whole machine; what the owner keeps is hatched. */
function loadLines(node: Node): LoadLine[] {
  const { cores, sharedCores, ramMb, sharedRamMb } = factsOf(node);
  const lines: LoadLine[] = [];
  if (cores !== null && sharedCores !== null) {
    lines.push({
      word: 'CPU',
      used: share(node.reserved.cores, cores),
      kept: 1 - share(sharedCores, cores),
      figure: `${formatGigabytes(node.reserved.cores)} of ${formatGigabytes(sharedCores)}`,
    });
  }
  if (ramMb !== null && sharedRamMb !== null) {
    lines.push({
      word: 'RAM',
      used: share(node.reserved.ramMb, ramMb),
      kept: 1 - share(sharedRamMb, ramMb),
      figure: `${formatGigabytes(node.reserved.ramMb / 1024)} of ${formatMemory(sharedRamMb)}`,
    });
  }
  return lines;
}

/** Load within a node's limits, line by line. */
export function Load({ node, wide = false }: { node: Node; wide?: boolean }) {
  const lines = loadLines(node);
  if (lines.length === 0) return <span className="text-12 text-ink-3">It has not said what it has</span>;
  return (
    <>
      {lines.map((line) => (
        <div
          key={line.word}
          className={`grid items-center gap-2 text-11 leading-[17px] text-ink-3 ${wide ? 'grid-cols-[32px_1fr_92px] py-0.5' : 'grid-cols-[28px_1fr_76px]'}`}
        >
          <span>{line.word}</span>
          <Meter used={line.used} kept={line.kept} label={`${line.word}: ${line.figure}`} height={wide ? 6 : 4} />
          <span className="text-right whitespace-nowrap text-ink-2">{line.figure}</span>
        </div>
      ))}
    </>
  );
}
