import { type Node, type NodeProps, NodeResizer } from '@xyflow/react';
import { lazy, memo, Suspense } from 'react';
import { resize, setNoteText } from '../../../../shared/flows/edit.ts';
import type { FlowNote } from '../../../../shared/model/flow.ts';
import { useBuilder, useUi } from '../model/builder.ts';
import { snap } from '../model/geometry.ts';

/** Loaded with the first note: most flows have none. */
const MarkdownText = lazy(() =>
  import('../../../app/markdown-text.tsx').then((module) => ({ default: module.MarkdownText })),
);

export type NoteNodeType = Node<{ note: FlowNote }, 'note'>;

/** A note on the canvas. Its text is Markdown. A double press, or Enter, writes in it. */
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
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              ui.setState({ editingNote: null });
              event.currentTarget.closest<HTMLElement>('.react-flow__node')?.focus();
            }}
            onBlur={() => ui.setState({ editingNote: null })}
          />
        ) : note.text === '' ? (
          <span className="hint">{readOnly ? '' : 'Double-click to write'}</span>
        ) : (
          <Suspense fallback={note.text}>
            <MarkdownText>{note.text}</MarkdownText>
          </Suspense>
        )}
      </div>
    </>
  );
});
