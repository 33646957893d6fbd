import { type Node, type NodeProps, NodeResizer } from '@xyflow/react';
import { memo } from 'react';
import { resize, setNoteText } from '../../../../shared/flows/edit.ts';
import type { FlowNote } from '../../../../shared/model/flow.ts';
import { useBuilder, useUi } from '../model/builder.ts';
import { snap } from '../model/geometry.ts';

export type NoteNodeType = Node<{ note: FlowNote }, 'note'>;

/** A note on the canvas. A double press, or Enter, writes in it. */
export const NoteNode = memo(function NoteNode({ data: { note }, selected }: NodeProps<NoteNodeType>) {
  const { flow, ui, readOnly } = useBuilder();
  const editing = useUi((state) => state.editingNote === note.id);
  return (
    <>
      {selected && !readOnly && (
        <NodeResizer
          minWidth={96}
          minHeight={48}
          lineClassName="flow-resize-line"
          handleClassName="flow-resize-handle"
          onResize={(_, size) => {
            const next = { width: Math.max(96, snap(size.width)), height: Math.max(48, snap(size.height)) };
            flow.edit((doc, origin) => resize(doc, note.id, next, origin));
          }}
        />
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the node around it takes the keys */}
      <div
        className={`flow-note ${editing ? 'nodrag' : ''}`}
        onDoubleClick={() => !readOnly && ui.setState({ editingNote: note.id })}
      >
        {editing && !readOnly ? (
          <textarea
            // biome-ignore lint/a11y/noAutofocus: the person asked to write in it
            autoFocus
            aria-label="Text of the note"
            value={note.text}
            onChange={(event) => flow.edit((doc, origin) => setNoteText(doc, note.id, event.target.value, origin))}
            onKeyDown={(event) => event.key === 'Escape' && ui.setState({ editingNote: null })}
            onBlur={() => ui.setState({ editingNote: null })}
          />
        ) : note.text === '' ? (
          <span className="hint">{readOnly ? '' : 'Double-click to write'}</span>
        ) : (
          note.text
        )}
      </div>
    </>
  );
});
