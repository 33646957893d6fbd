import { useDeferredValue, useMemo } from 'react';
import { colourOf, type Machines } from '../../../app/machines.ts';
import { useRun, useUi } from '../model/builder.ts';
import { useFindings } from '../model/findings.ts';
import type { Fold, FoldedScene } from '../model/folding.ts';
import { useMachines } from '../model/machines-context.ts';
import type { Placed } from '../model/scene.ts';
import { type Blocks, blocksOf, withBlocks } from '../run/blocks.ts';
import { foldLook } from '../run/fold-look.ts';
import type { RunOverlay } from '../run/overlay.ts';
import { blockColour, stepLook } from '../run/step-look.ts';
import type { FlowDiff } from '../versions/flow-diff.ts';
import { instanceOf } from './step-node.tsx';

/** In a comparison with a version: what came, what went, what is different. */
export const changeColours = {
  added: 'var(--done)',
  removed: 'var(--fail-line)',
  changed: 'var(--warn-line)',
} as const;

/** The steps as blocks in the colours of who did what. Without `inner`, what stands in a Map is drawn by the Map. */
export function useBlocks(scene: FoldedScene, inner: boolean): Blocks {
  const machines = useMachines();
  // Colours may come a moment later than the pan, the drag or the key that is under way.
  const overlay = useDeferredValue(useRun((run) => run.overlay));
  const diff = useUi((ui) => ui.diff);
  const findings = useFindings();
  return useMemo(() => {
    const known = { machines, overlay, diff, findings };
    const blocks = blocksOf(scene, (placed) => (placed.within !== null && !inner ? null : colourOfStep(placed, known)));
    const folds = [...scene.folds.values()].filter(({ within }) => within === null || inner);
    return withBlocks(
      blocks,
      folds.map((fold) => ({ colour: colourOfFold(fold, known), box: { ...fold.absolute, ...fold.size } })),
    );
  }, [scene, machines, overlay, diff, findings, inner]);
}

function colourOfFold({ members, within }: Fold, { machines, overlay, findings }: Known): string {
  const look = foldLook(
    members.map((id) => ({
      name: '',
      instance: instanceOf(overlay, id, within),
      findings: findings.get(id) ?? none,
    })),
  );
  const colour = look.nodeId === null ? null : colourOf(machines, look.nodeId);
  return blockColour({ ...look, end: '', thread: 'none' }, colour);
}

interface Known {
  machines: Machines;
  overlay: RunOverlay | null;
  diff: FlowDiff | null;
  findings: ReadonlyMap<string, readonly string[]>;
}

const none: readonly string[] = [];

function colourOfStep({ step, within }: Placed, { machines, overlay, diff, findings }: Known): string {
  if (diff !== null) {
    const change = diff.steps.get(step.id);
    return change === undefined ? 'var(--line-2)' : changeColours[change];
  }
  const look = stepLook({
    instance: instanceOf(overlay, step.id, within),
    map: undefined,
    waitsFor: 0,
    findings: findings.get(step.id) ?? none,
    placement: '',
    now: 0,
  });
  const busiest = busiestOf(overlay?.maps.get(step.id)?.doneBy);
  const nodeId = look.nodeId ?? busiest;
  return blockColour(look, nodeId === undefined || nodeId === '' ? null : colourOf(machines, nodeId));
}

function busiestOf(doneBy: ReadonlyMap<string, number> | undefined): string | undefined {
  return doneBy === undefined ? undefined : [...doneBy].toSorted((one, other) => other[1] - one[1])[0]?.[0];
}
