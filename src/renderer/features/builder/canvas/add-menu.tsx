import { Command } from 'cmdk';
import { Search, StickyNote } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useMemo } from 'react';
import { stepTypes } from '../../../../shared/flows/registry.ts';
import type { StepCategory, StepType } from '../../../../shared/flows/step-type.ts';
import { typeInWords } from '../../../../shared/flows/types.ts';
import { Icon } from '../../../ui/icon.tsx';
import { PortShape } from '../../../ui/port-shape.tsx';
import { addNoteAt, addStepOf, besideChosen } from '../model/actions.ts';
import { useBuilder, useFlow, useUi } from '../model/builder.ts';
import { iconNamed } from '../model/icons.ts';
import { typeLook } from '../model/port-look.ts';
import { fittingPort, graphOf, portTypeOf } from '../model/ports.ts';
import { useDoing } from '../model/use-doing.ts';
import { rankWords } from './rank-words.ts';
import { useMiddle } from './use-middle.ts';

const categories: Readonly<Record<StepCategory, string>> = {
  start: 'In and out',
  text: 'Text',
  data: 'Data',
  logic: 'Ways and loops',
  ai: 'AI',
  code: 'Code',
};

/** The list of step types: under the toolbar, or where an edge was dropped, then only what fits. */
export function AddMenu() {
  const { ui } = useBuilder();
  const doing = useDoing();
  const adding = useUi((state) => state.adding);
  const from = adding?.from ?? null;
  const fromType = useFlow((view) => (from === null ? 'any' : portTypeOf(graphOf(view), from)));
  const middle = useMiddle();
  const anchor = useMemo(() => {
    const { x = 146, y = 136 } = adding?.screen ?? {};
    return { current: { getBoundingClientRect: () => new DOMRect(x, y, 0, 0) } };
  }, [adding]);
  const close = () => ui.setState({ adding: null });
  const fitting = stepTypes.filter((type) => from === null || fittingPort(type, from, fromType) !== undefined);
  const add = (type: StepType) => {
    close();
    addStepOf(doing, type.type, adding?.at ?? besideChosen(doing) ?? middle(), from);
  };
  const addNote = () => {
    close();
    addNoteAt(doing, adding?.at ?? middle());
  };
  if (adding === null) return null;
  return (
    <Popover.Root open onOpenChange={(open) => !open && close()}>
      <Popover.Anchor virtualRef={anchor} />
      <Popover.Portal>
        <Popover.Content
          className="ui-menu flow-add"
          side="bottom"
          align="start"
          collisionPadding={8}
          aria-label="Steps"
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          <Command loop filter={rankWords}>
            <div className="flow-add-ask">
              <Icon of={Search} size={14} />
              <Command.Input placeholder="Find a step" aria-label="Find a step" autoFocus />
            </div>
            {from !== null && (
              <p className="flow-add-for">
                <PortShape {...typeLook(fromType)} />
                {from.side === 'output' ? `Takes ${typeInWords(fromType)}` : `Gives ${typeInWords(fromType)}`}
              </p>
            )}
            <Command.Empty>
              <p className="p-3 text-12 text-ink-3">No step has this name.</p>
            </Command.Empty>
            <Command.List>
              {Object.entries(categories).map(([category, title]) => {
                const types = fitting.filter((type) => type.category === category);
                return types.length === 0 ? null : (
                  <Command.Group key={category} heading={title}>
                    {types.map((type) => (
                      <Command.Item
                        key={type.type}
                        value={type.type}
                        keywords={[type.name, type.description]}
                        onSelect={() => add(type)}
                      >
                        <span className="flow-step-type">
                          <Icon of={iconNamed(type.icon)} size={14} />
                        </span>
                        <span className="min-w-0 flex-1">
                          <b>{type.name}</b>
                          <span>{type.description}</span>
                        </span>
                      </Command.Item>
                    ))}
                  </Command.Group>
                );
              })}
              {from === null && (
                <Command.Group heading="On the canvas">
                  <Command.Item value="note" keywords={['Note', 'comment']} onSelect={addNote}>
                    <span className="flow-step-type">
                      <Icon of={StickyNote} size={14} />
                    </span>
                    <span className="min-w-0 flex-1">
                      <b>Note</b>
                      <span>A few words for whoever reads this flow.</span>
                    </span>
                  </Command.Item>
                </Command.Group>
              )}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
