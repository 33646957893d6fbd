import { Plus } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../../../ui/button.tsx';
import { Kbd } from '../../../ui/kbd.tsx';
import { useBuilder, useFlow } from '../model/builder.ts';

/** A flow without a step: what to do next. */
export function EmptyCanvas() {
  const { ui, flow, readOnly } = useBuilder();
  const loaded = useStore(flow.state, (state) => state.loaded);
  const empty = useFlow((view) => view.steps.size === 0 && view.notes.size === 0);
  if (!loaded || !empty) return null;
  return (
    <div className="pointer-events-none absolute inset-0 grid place-items-center px-5">
      <div className="pointer-events-auto max-w-[380px] text-center">
        <h2 className="text-20 font-strong">This flow has no step yet</h2>
        {readOnly ? (
          <p className="mt-1.5 text-14 text-ink-2">You may watch here. A member of the workspace can draw it.</p>
        ) : (
          <>
            <p className="mt-1.5 text-14 text-ink-2">
              Begin with an Input for what goes in. Then drag from its port into the empty space to add what comes next.
            </p>
            <div className="mt-5 row justify-center gap-3">
              <Button
                size="l"
                variant="main"
                icon={Plus}
                onClick={(event) => {
                  const box = event.currentTarget.getBoundingClientRect();
                  ui.setState({ adding: { at: null, screen: { x: box.left, y: box.bottom + 6 }, from: null } });
                }}
              >
                Add a step
              </Button>
              <span className="text-12 text-ink-3">
                or press <Kbd>A</Kbd>
              </span>
            </div>
          </>
        )}
      </div>
    </div>
  );
}
