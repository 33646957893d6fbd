import { Panel } from '@xyflow/react';
import { formatPlural } from '../../../ui/numbers.ts';
import { useFlow, useUi } from '../model/builder.ts';
import { chordWords } from '../model/chords.ts';
import { commandNamed, isOpen } from '../model/commands.ts';
import { Tool } from './tool.tsx';
import { useCommandContext } from './use-commands.ts';

const parts: readonly (readonly string[])[] = [
  ['align-left', 'align-center', 'align-right', 'align-top', 'align-middle', 'align-bottom'],
  ['spread-across', 'spread-down', 'arrange'],
  ['group', 'ungroup', 'fold', 'unfold', 'duplicate', 'delete'],
];

/** What can be done with several things at once: at the top of the canvas while several are chosen. */
export function SelectionBar() {
  const context = useCommandContext();
  const count = useUi((ui) => ui.selection.size);
  // What may be grouped or taken apart follows the flow.
  useFlow((view) => view.file.groups);
  if (count < 2 || context.readOnly) return null;
  return (
    <Panel position="top-center" style={{ margin: '12px 14px' }}>
      <div className="flow-float" role="toolbar" aria-label="What is chosen">
        <span className="flow-float-words">{`${formatPlural(count, 'thing')} chosen`}</span>
        {parts.map((ids) => (
          <span key={ids[0]} className="contents">
            <hr />
            {ids
              .map(commandNamed)
              .filter((command) => isOpen(command, context))
              .map((command) => (
                <Tool
                  key={command.id}
                  icon={command.icon}
                  label={command.label}
                  {...(command.keys[0] === undefined ? {} : { keys: chordWords(command.keys[0]) })}
                  onClick={() => command.run(context)}
                />
              ))}
          </span>
        ))}
      </div>
    </Panel>
  );
}
