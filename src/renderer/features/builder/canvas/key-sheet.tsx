import { Dialog } from '../../../ui/dialog.tsx';
import { Kbd } from '../../../ui/kbd.tsx';
import { useBuilder, useUi } from '../model/builder.ts';
import { chordWords } from '../model/chords.ts';
import { type CommandGroup, commands } from '../model/commands.ts';
import { copyAsText, pasteFromClipboard } from './clipboard-buttons.ts';

const titles: Readonly<Record<CommandGroup, string>> = {
  Choose: 'Move between steps and choose',
  Add: 'Add and connect',
  Change: 'Change',
  Move: 'Move steps',
  Order: 'Put in order',
  Look: 'Look',
  Run: 'Run',
};

/** What the keyboard does that is no command of the list, in the words of the sheet. */
const further: readonly { group: CommandGroup; label: string; keys: string[] }[] = [
  { group: 'Choose', label: 'Next thing on the canvas', keys: ['Tab'] },
  { group: 'Choose', label: 'Choose what has the focus', keys: ['Space'] },
  { group: 'Choose', label: 'Choose it too', keys: ['Shift+Space'] },
  { group: 'Change', label: copyAsText.label, keys: [...copyAsText.keys] },
  { group: 'Change', label: 'Cut', keys: ['Ctrl+X'] },
  { group: 'Change', label: pasteFromClipboard.label, keys: [...pasteFromClipboard.keys] },
  { group: 'Look', label: 'Palette: pages, flows, all that is here', keys: ['Ctrl+K'] },
  { group: 'Look', label: 'Menu of what is chosen', keys: ['Shift+F10'] },
];

/** Every key of the builder, on "?". */
export function KeySheet() {
  const { ui } = useBuilder();
  const open = useUi((state) => state.sheet);
  if (!open) return null;
  const all = [...commands.filter((command) => command.keys.length > 0), ...further];
  return (
    <Dialog open onOpenChange={(next) => ui.setState({ sheet: next })} title="Keys of the builder" width={860}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="flow-sheet" tabIndex={0} aria-label="Keys">
        <div>
          {(Object.keys(titles) as CommandGroup[]).map((group) => (
            <section key={group}>
              <h3>{titles[group]}</h3>
              <dl>
                {all
                  .filter((command) => command.group === group)
                  .map(({ label, keys }) => (
                    <div key={label}>
                      <dt>{label}</dt>
                      <dd>
                        {keys.map((chord) => (
                          <Kbd key={chord}>{chordWords(chord)}</Kbd>
                        ))}
                      </dd>
                    </div>
                  ))}
              </dl>
            </section>
          ))}
        </div>
      </section>
    </Dialog>
  );
}
