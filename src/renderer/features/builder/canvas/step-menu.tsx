import { ContextMenu as Radix } from 'radix-ui';
import { type MouseEvent, type ReactElement, useState } from 'react';
import { ContextMenuItem, ContextMenuLine } from '../../../ui/context-menu.tsx';
import { chordWords } from '../model/chords.ts';
import { commandNamed, isOpen } from '../model/commands.ts';
import { select } from '../model/ui-state.ts';
import { copyAsText, pasteFromClipboard } from './clipboard-buttons.ts';
import { useCommandContext } from './use-commands.ts';

const parts: readonly (readonly string[])[] = [
  ['run-from', 'run-only', 'pin', 'unpin', 'try-again'],
  ['open', 'connect', 'duplicate', 'copy', 'paste'],
  ['group', 'ungroup', 'fold', 'unfold', 'arrange'],
  ['add-step', 'add-note', 'import', 'find', 'choose-all', 'keys'],
  ['delete'],
];

/** The menu of what is under the pointer, or of what is chosen when it is opened by key. */
export function StepMenu({ area }: { area: ReactElement }) {
  const context = useCommandContext();
  const [open, setOpen] = useState(false);
  const chooseUnder = ({ target }: MouseEvent) => {
    const id = target instanceof Element ? target.closest<HTMLElement>('.react-flow__node')?.dataset['id'] : undefined;
    if (id !== undefined && !context.ui.getState().selection.has(id)) select(context.ui, [id]);
  };
  return (
    <Radix.Root onOpenChange={setOpen}>
      <Radix.Trigger asChild onContextMenu={chooseUnder}>
        {area}
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className="ui-menu"
          collisionPadding={8}
          loop
          aria-label="What can be done"
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          {open && <Items />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Items() {
  const context = useCommandContext();
  const shown = parts
    .map((ids) => ids.flatMap((id) => item(id)).filter((command) => isOpen(command, context)))
    .filter((part) => part.length > 0);
  return shown.map((part, index) => (
    <Radix.Group key={part[0]?.id}>
      {index > 0 && <ContextMenuLine />}
      {part.map((command) => (
        <ContextMenuItem
          key={command.id}
          icon={command.icon}
          danger={command.id === 'delete'}
          {...(command.keys[0] === undefined ? {} : { keys: chordWords(command.keys[0]) })}
          onSelect={() => command.run(context)}
        >
          {command.label}
        </ContextMenuItem>
      ))}
    </Radix.Group>
  ));
}

const item = (id: string) => (id === 'copy' ? [copyAsText] : id === 'paste' ? [pasteFromClipboard] : commandNamed(id));
