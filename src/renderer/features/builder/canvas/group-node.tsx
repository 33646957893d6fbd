import type { Node, NodeProps } from '@xyflow/react';
import { Minimize2 } from 'lucide-react';
import { memo } from 'react';
import { renameGroup } from '../../../../shared/flows/edit.ts';
import type { FlowGroup } from '../../../../shared/model/flow.ts';
import { Icon } from '../../../ui/icon.tsx';
import { useBuilder, useUi } from '../model/builder.ts';
import { setFolded } from '../model/groups.ts';
import { select } from '../model/ui-state.ts';
import { NameInput } from '../name-input.tsx';

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
  return (
    <NameInput
      name={group.name}
      label="Name of the group"
      className="flow-group-name nodrag"
      onKeep={(name) => flow.edit((doc, origin) => renameGroup(doc, group.id, name, origin))}
      onDone={() => ui.setState({ naming: null })}
    />
  );
}
