import './command-palette.css';
import './dialog.css';
import { Command } from 'cmdk';
import { type LucideIcon, Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { Icon } from './icon.tsx';
import { Kbd } from './kbd.tsx';

export interface PaletteEntry {
  id: string;
  label: string;
  /** Further words it is found by. */
  words?: readonly string[];
  note?: string;
  icon?: LucideIcon;
  lead?: ReactNode;
  run: () => void;
}

export interface PaletteGroup {
  name: string;
  entries: readonly PaletteEntry[];
}

interface CommandPaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  groups: readonly PaletteGroup[];
  placeholder?: string;
}

/** Every word that was typed must stand in the label or in the words it is found by; the start of a word counts most. */
export function scoreOf(value: string, asked: string, words: string[] = []): number {
  const text = ` ${[value, ...words].join(' ').toLowerCase()}`;
  const parts = asked.toLowerCase().split(/\s+/).filter(Boolean);
  if (!parts.every((part) => text.includes(part))) return 0;
  return parts.every((part) => text.includes(` ${part}`)) ? 1 : 0.5;
}

/** The label with what was typed in bold. */
function Marked({ text, asked }: { text: string; asked: string }) {
  const at = asked.trim() === '' ? -1 : text.toLowerCase().indexOf(asked.trim().toLowerCase());
  if (at === -1) return text;
  const end = at + asked.trim().length;
  return (
    <>
      {text.slice(0, at)}
      <b>{text.slice(at, end)}</b>
      {text.slice(end)}
    </>
  );
}

/** Reaches every page, flow, node and action by typing. */
export function CommandPalette({
  open,
  onOpenChange,
  groups,
  placeholder = 'Find a flow, a node, an action',
}: CommandPaletteProps) {
  const [asked, setAsked] = useState('');
  const choose = (entry: PaletteEntry) => {
    onOpenChange(false);
    entry.run();
  };
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="ui-scrim" />
        <Dialog.Content className="ui-palette" aria-describedby={undefined}>
          <Dialog.Title className="sr-only">Find a flow, a node, an action</Dialog.Title>
          <Command loop filter={scoreOf}>
            <div className="ui-palette-ask">
              <Icon of={Search} />
              <Command.Input
                value={asked}
                onValueChange={setAsked}
                placeholder={placeholder}
                aria-label={placeholder}
              />
              <Kbd>Esc</Kbd>
            </div>
            <Command.Empty>Nothing has this name.</Command.Empty>
            <Command.List>
              {groups
                .filter((group) => group.entries.length > 0)
                .map((group) => (
                  <Command.Group key={group.name} heading={group.name}>
                    {group.entries.map((entry) => (
                      <Command.Item
                        key={entry.id}
                        value={`${entry.label} ${entry.id}`}
                        keywords={[...(entry.words ?? [])]}
                        onSelect={() => choose(entry)}
                      >
                        {entry.icon && <Icon of={entry.icon} />}
                        {entry.lead}
                        <span className="cut">
                          <Marked text={entry.label} asked={asked} />
                        </span>
                        {entry.note !== undefined && <span className="ui-palette-note cut">{entry.note}</span>}
                        <Kbd className="ui-palette-enter">Enter</Kbd>
                      </Command.Item>
                    ))}
                  </Command.Group>
                ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
