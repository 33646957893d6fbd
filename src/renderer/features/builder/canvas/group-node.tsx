import type { Node, NodeProps } from '@xyflow/react';
import { Minimize2 } from 'lucide-react';
import { memo, useState } from 'react';
import { renameGroup } from '../../../../shared/flows/edit.ts';
import type { FlowGroup } from '../../../../shared/model/flow.ts';
import { Icon } from '../../../ui/icon.tsx';
import { useBuilder, useUi } from '../model/builder.ts';
import { setFolded } from '../model/groups.ts';
import { select } from '../model/ui-state.ts';

export type GroupNodeType = Node<{ group: FlowGroup }, 'frame'>;

/** A frame around steps that belong together, with a name to grasp it by. A double press on the name, or Enter, renames it. */
export const GroupNode = memo(function GroupNode({ data: { group }, selected }: NodeProps<GroupNodeType>) {
  const { ui, readOnly } = useBuilder();
  const naming = useUi((state) => state.naming === group.id) && !readOnly;
  const name = group.name === '' ? 'Group' : group.name;
  return (
    <div className="flow-group" {...(selected ? { 'data-selected': '' } : {})}>
      <div className="flow-group-head">
        {naming ? (
          <GroupName group={group} />
        ) : (
          <>
            <button
              type="button"
              tabIndex={-1}
              className="flow-group-name"
              title={readOnly ? group.name : 'Drag to move all of it; double-click to rename'}
              onClick={(event) => select(ui, event.shiftKey ? [...ui.getState().selection, group.id] : [group.id])}
              onDoubleClick={() => !readOnly && ui.setState({ naming: group.id })}
            >
              {name}
            </button>
            <button
              type="button"
              tabIndex={-1}
              className="flow-group-fold"
              aria-label={`Fold ${name}`}
              title="Fold into one block"
              onClick={() => setFolded(ui, [group.id], true)}
            >
              <Icon of={Minimize2} size={12} />
            </button>
          </>
        )}
      </div>
    </div>
  );
});

/** The name of a group while it is typed. */
export function GroupName({ group }: { group: FlowGroup }) {
  const { flow, ui } = useBuilder();
  const [typed, setTyped] = useState(group.name);
  const done = () => ui.setState({ naming: null });
  const keep = () => {
    const name = typed.trim().slice(0, 120);
    if (name !== '' && name !== group.name) flow.edit((doc, origin) => renameGroup(doc, group.id, name, origin));
    done();
  };
  return (
    <input
      className="flow-group-name nodrag"
      aria-label="Name of the group"
      // biome-ignore lint/a11y/noAutofocus: the person asked to name it
      autoFocus
      value={typed}
      maxLength={120}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep();
        if (event.key === 'Escape') done();
        if (event.key === 'Enter' || event.key === 'Escape') event.preventDefault();
      }}
    />
  );
}
