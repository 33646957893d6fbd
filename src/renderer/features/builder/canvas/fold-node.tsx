import type { Node, NodeProps } from '@xyflow/react';
import { Maximize2, Group as Stack } from 'lucide-react';
import { type CSSProperties, memo, useMemo } from 'react';
import { colourOf } from '../../../app/machines.ts';
import { Icon } from '../../../ui/icon.tsx';
import { MachineChip, machineColour } from '../../../ui/machine-chip.tsx';
import { StateGlyph } from '../../../ui/state-glyph.tsx';
import { useBuilder, useFlow, useRun, useUi } from '../model/builder.ts';
import { useFindings } from '../model/findings.ts';
import type { Fold } from '../model/folding.ts';
import { portPoint } from '../model/geometry.ts';
import { setFolded } from '../model/groups.ts';
import { useMachines } from '../model/machines-context.ts';
import { type FoldLook, foldLook } from '../run/fold-look.ts';
import { blockColour } from '../run/step-look.ts';
import { GroupName } from './group-node.tsx';
import { foldedPort } from './handle-id.ts';
import { FarPort, PortHandle } from './port-handle.tsx';
import { instanceOf } from './step-node.tsx';
import { Thread } from './step-parts.tsx';

export type FoldNodeType = Node<{ fold: Fold }, 'fold'>;

/** A folded group: one block with the ports of its edges to the outside, and how its steps stand together. */
export const FoldNode = memo(function FoldNode({ data: { fold }, width = 208 }: NodeProps<FoldNodeType>) {
  const machines = useMachines();
  const look = useFoldLook(fold);
  const far = useUi((state) => state.zoom === 'far');
  const machine = look.nodeId === null ? undefined : machines.get(look.nodeId);
  const block = blockColour(
    { ...look, end: '', thread: 'none' },
    look.nodeId === null ? null : colourOf(machines, look.nodeId),
  );
  const style = { ...(machine === undefined ? {} : machineColour(machine.colour)), '--block': block } as CSSProperties;
  const name = fold.group.name === '' ? 'Group' : fold.group.name;
  return (
    <>
      <article className="flow-step" data-look={look.frame} data-fold="" style={style} aria-label={`${name}, folded`}>
        {!far && <Inside fold={fold} name={name} look={look} />}
      </article>
      {[...fold.inputs.entries(), ...fold.outputs.entries()].map(([row, { end, port, title }]) => {
        const Shown = far ? FarPort : PortHandle;
        return (
          <Shown
            key={`${end.side} ${end.step} ${end.port}`}
            step={end.step}
            side={end.side}
            port={port}
            handle={foldedPort(end.step, end.port)}
            of={title}
            at={portPoint(end.side, row, width)}
          />
        );
      })}
    </>
  );
});

function Inside({ fold, name, look }: { fold: Fold; name: string; look: FoldLook }) {
  const { ui, readOnly } = useBuilder();
  const machines = useMachines();
  const naming = useUi((state) => state.naming === fold.group.id) && !readOnly;
  const machine = look.nodeId === null ? undefined : machines.get(look.nodeId);
  const rows = Math.max(fold.inputs.length, fold.outputs.length);
  const unfold = () => setFolded(ui, [fold.group.id], false);
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a double press is a shortcut; Enter and the button do the same */}
      <header className="flow-step-head" onDoubleClick={unfold}>
        <span className="flow-step-type">
          <Icon of={Stack} size={14} />
        </span>
        {naming ? (
          <GroupName group={fold.group} />
        ) : (
          <span className="flow-step-name" title={name}>
            {name}
          </span>
        )}
        {look.glyph !== null && <StateGlyph state={look.glyph} />}
        <button
          type="button"
          tabIndex={-1}
          className="flow-unfold nodrag"
          aria-label={`Unfold ${name}`}
          title="Unfold"
          onClick={unfold}
        >
          <Icon of={Maximize2} size={12} />
        </button>
      </header>
      {rows > 0 && (
        <div className="flow-ports" aria-hidden="true">
          {Array.from({ length: rows }, (_, row) => {
            const [input, output] = [fold.inputs[row], fold.outputs[row]];
            return (
              <div
                key={`${input?.end.step} ${input?.end.port} ${output?.end.step} ${output?.end.port}`}
                className="flow-port-row"
              >
                <span className="flow-port">{input?.title}</span>
                <span className="flow-port">{output?.title}</span>
              </div>
            );
          })}
        </div>
      )}
      <footer className="flow-step-foot" data-tone={look.tone}>
        {machine !== undefined && <MachineChip {...machine} />}
        <span className="words" title={look.words}>
          {look.words}
        </span>
        {look.count.done + look.count.failed > 0 && look.count.done < look.count.total && (
          <Thread kind="items" items={look.count} progress={look} />
        )}
      </footer>
    </>
  );
}

/** As the steps of a folded group stand now. */
function useFoldLook({ members, within }: Fold): FoldLook {
  const overlay = useRun((run) => run.overlay);
  const steps = useFlow((view) => view.steps);
  const findings = useFindings();
  return useMemo(
    () =>
      foldLook(
        members.map((id) => ({
          name: steps.get(id)?.name ?? id,
          instance: instanceOf(overlay, id, within),
          findings: findings.get(id) ?? [],
        })),
      ),
    [members, within, overlay, steps, findings],
  );
}
