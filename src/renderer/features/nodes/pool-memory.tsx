import type { Node } from '../../../shared/model/node.ts';
import { factsOf, share, standingWords } from '../../app/node-facts.ts';
import { MachineChip, machineColour } from '../../ui/machine-chip.tsx';
import { formatGigabytes, formatMemory } from '../../ui/numbers.ts';

/** All memory that the pool shares, one stretch a node, as wide as its share of the whole. */
export function PoolMemory({ nodes }: { nodes: readonly Node[] }) {
  const known = nodes
    .map((node) => ({ node, facts: factsOf(node) }))
    .filter(({ facts }) => (facts.sharedRamMb ?? 0) > 0);
  if (known.length === 0) return null;
  const crowded = known.length > 8;
  const here = known.filter(({ facts }) => facts.presence === 'here');
  const used = here.reduce((sum, { node }) => sum + node.reserved.ramMb, 0);
  const whole = here.reduce((sum, { facts }) => sum + (facts.sharedRamMb ?? 0), 0);
  return (
    <section
      aria-label="Memory in the pool"
      className="grid flex-none items-center gap-x-7 gap-y-3 border-b border-line bg-surface px-5 py-4 narrow:grid-cols-[auto_minmax(0,1fr)]"
    >
      <div>
        <div className="text-12 text-ink-3">Memory in the pool</div>
        <div className="text-20 font-strong whitespace-nowrap">
          {formatGigabytes(used / 1024)}{' '}
          <span className="text-13 font-text tracking-normal text-ink-3">of {formatMemory(whole)} reserved</span>
        </div>
      </div>
      <div className="flex gap-1">
        {known.map(({ node, facts }) => {
          const present = facts.presence === 'here';
          return (
            <div
              key={node.id}
              className={crowded ? 'min-w-5' : 'min-w-18'}
              style={{ flex: facts.sharedRamMb ?? 1, ...machineColour(node.colour) }}
            >
              <div
                className={`h-7.5 overflow-hidden rounded-machine ${present ? 'bg-track' : 'pool-away shadow-[inset_0_0_0_1px_var(--line-2)]'}`}
              >
                {present && (
                  <div
                    className="h-full bg-machine transition-[width] duration-150"
                    style={{ width: `${share(node.reserved.ramMb, facts.sharedRamMb) * 100}%` }}
                  />
                )}
              </div>
              <div className="mt-1.25 row gap-1.25 text-11 text-ink-2">
                <MachineChip
                  colour={node.colour}
                  mark={node.mark}
                  presence={facts.presence}
                  size={13}
                  name={node.name}
                />
                {!crowded && (
                  <span className="cut">
                    {present
                      ? `${formatGigabytes(node.reserved.ramMb / 1024)} of ${formatMemory(facts.sharedRamMb ?? 0)}`
                      : `${formatMemory(facts.sharedRamMb ?? 0)}, ${standingWords(node).toLowerCase()}`}
                  </span>
                )}
              </div>
            </div>
          );
        })}
      </div>
    </section>
  );
}
