import { Panel, useStore as useFlowStore, useReactFlow } from '@xyflow/react';
import { Hand, LayoutDashboard, Maximize, Minus, MousePointer2, Plus, Redo2, StickyNote, Undo2 } from 'lucide-react';
import { useRef } from 'react';
import { useStore } from 'zustand';
import { formatShare } from '../../../ui/numbers.ts';
import { addNoteAt } from '../model/actions.ts';
import { useBuilder, useUi } from '../model/builder.ts';
import { useDoing } from '../model/use-doing.ts';
import { Tool } from './tool.tsx';
import { useCommandContext } from './use-commands.ts';
import { useFit } from './use-fit.ts';
import { useMiddle } from './use-middle.ts';

/** Pointer, hand, adding, undo: at the upper left of the canvas. A viewer gets what a viewer can use. */
export function Toolbar() {
  const { flow, ui, readOnly } = useBuilder();
  const doing = useDoing();
  const tool = useUi((state) => state.tool);
  const adding = useUi((state) => state.adding !== null);
  const { undo, redo } = useStore(flow.state);
  const { canvas } = useCommandContext();
  const button = useRef<HTMLButtonElement>(null);
  const middle = useMiddle();
  const openList = () => {
    const box = button.current?.getBoundingClientRect();
    ui.setState({
      adding: { at: null, screen: box === undefined ? null : { x: box.left, y: box.bottom + 6 }, from: null },
    });
  };
  return (
    <Panel position="top-left" style={{ margin: '12px 14px' }}>
      <div className="flow-float" role="toolbar" aria-label="Tools">
        <Tool
          icon={MousePointer2}
          label="Choose and move"
          keys="V"
          aria-pressed={tool === 'pointer'}
          onClick={() => ui.setState({ tool: 'pointer' })}
        />
        <Tool
          icon={Hand}
          label="Move the canvas"
          keys="H"
          aria-pressed={tool === 'hand'}
          onClick={() => ui.setState({ tool: 'hand' })}
        />
        {!readOnly && (
          <>
            <hr />
            <Tool
              ref={button}
              icon={Plus}
              label="Add step"
              keys="A"
              words="Add step"
              aria-haspopup="dialog"
              aria-expanded={adding}
              data-state={adding ? 'open' : 'closed'}
              onClick={openList}
            />
            <Tool icon={StickyNote} label="Add a note" keys="N" onClick={() => addNoteAt(doing, middle())} />
            <hr />
            <Tool icon={Undo2} label="Undo" keys="Ctrl Z" disabled={!undo} onClick={flow.undo} />
            <Tool icon={Redo2} label="Redo" keys="Ctrl Shift Z" disabled={!redo} onClick={flow.redo} />
            <Tool icon={LayoutDashboard} label="Arrange the steps" keys="Shift A" onClick={canvas.arrange} />
          </>
        )}
      </div>
    </Panel>
  );
}

/** How near one is: at the lower left. */
export function ZoomBar() {
  const { zoomIn, zoomOut, zoomTo } = useReactFlow();
  const showAll = useFit();
  const zoom = useFlowStore((state) => state.transform[2]);
  return (
    <Panel position="bottom-left" style={{ margin: 14 }}>
      <div className="flow-float" role="toolbar" aria-label="Zoom">
        <Tool icon={Minus} label="Further away" keys="−" onClick={() => void zoomOut({ duration: 150 })} />
        <button
          type="button"
          className="tabular-nums"
          style={{ width: 44 }}
          title="Back to 100 %"
          onClick={() => void zoomTo(1, { duration: 150 })}
        >
          {formatShare(zoom)}
        </button>
        <Tool icon={Plus} label="Nearer" keys="+" onClick={() => void zoomIn({ duration: 150 })} />
        <hr />
        <Tool icon={Maximize} label="Fit to window" keys="1" onClick={() => showAll()} />
      </div>
    </Panel>
  );
}
