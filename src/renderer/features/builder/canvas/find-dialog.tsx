import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useMemo, useRef, useState } from 'react';
import { Icon } from '../../../ui/icon.tsx';
import { Kbd } from '../../../ui/kbd.tsx';
import { useBuilder, useFlow, useUi } from '../model/builder.ts';
import { findIn } from '../model/find.ts';
import { iconNamed } from '../model/icons.ts';
import { select } from '../model/ui-state.ts';
import { focusStep } from './use-canvas-hands.ts';
import { useCommandContext } from './use-commands.ts';

/** Finds steps by name, type and settings, and leads there. */
export function FindDialog() {
  const finding = useUi((ui) => ui.finding);
  return finding ? <Finding /> : null;
}

function Finding() {
  const { ui } = useBuilder();
  const { canvas } = useCommandContext();
  const view = useFlow((state) => state);
  const [asked, setAsked] = useState('');
  const found = useMemo(() => findIn(view, asked), [view, asked]);
  const goal = useRef<string | null>(null);
  const close = () => ui.setState({ finding: false });
  const go = (id: string) => {
    goal.current = id;
    close();
    select(ui, [id]);
    canvas.fit(new Set([id]));
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="ui-scrim" />
        <Dialog.Content
          className="ui-palette"
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // Only now: while it is open the dialog keeps the focus to itself.
            if (goal.current !== null) focusStep(goal.current);
          }}
        >
          <Dialog.Title className="sr-only">Find in this flow</Dialog.Title>
          <Command loop shouldFilter={false}>
            <div className="ui-palette-ask">
              <Icon of={Search} />
              <Command.Input
                value={asked}
                onValueChange={setAsked}
                placeholder="Find a step by its name, type or settings"
                aria-label="Find in this flow"
              />
              <Kbd>Esc</Kbd>
            </div>
            <Command.Empty>Nothing in this flow says that.</Command.Empty>
            <Command.List>
              {found.map((one) => (
                <Command.Item key={one.id} value={one.id} onSelect={() => go(one.id)}>
                  <span className="flow-step-type">
                    <Icon of={iconNamed(one.icon)} size={14} />
                  </span>
                  <span className="cut">{one.name}</span>
                  <span className="ui-palette-note cut">{one.around ?? (one.name === one.type ? '' : one.type)}</span>
                </Command.Item>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
