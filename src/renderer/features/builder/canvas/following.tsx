import { Panel, useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { personColour } from '../../../ui/avatar.tsx';
import { Kbd } from '../../../ui/kbd.tsx';
import type { View } from '../document/presence.ts';
import { useBuilder, useUi } from '../model/builder.ts';

const everyMs = 80;

/** Tells the others what this person sees, and while one is followed shows what that one sees. Esc, or moving oneself, ends it. */
export function Following() {
  const { flow, ui } = useBuilder();
  const clientId = useUi((state) => state.following);
  const followed = useStore(flow.others, (others) => others.find((other) => other.clientId === clientId));
  useTellView();
  useFollow(followed?.view ?? null, clientId !== null);
  useEndByMoving(clientId !== null);
  const gone = clientId !== null && followed === undefined;
  useEffect(() => {
    if (gone) ui.setState({ following: null });
  }, [gone, ui]);
  if (followed === undefined) return null;
  const line = `var(--person-line-${personColour(followed.user.id)})`;
  return (
    <>
      <div className="flow-followed" style={{ borderColor: line }} aria-hidden="true" />
      <Panel position="top-center" style={{ margin: '12px 14px' }}>
        <div className="flow-float" role="status">
          <span className="flow-float-words">{`You follow ${followed.user.name}`}</span>
          <button type="button" data-words="" onClick={() => ui.setState({ following: null })}>
            Stop <Kbd>Esc</Kbd>
          </button>
        </div>
      </Panel>
    </>
  );
}

/** Sends where this person looks: the middle of the canvas and how near. */
function useTellView(): void {
  const { flow } = useBuilder();
  const store = useStoreApi();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let said: View | null = null;
    const say = () => {
      timer = null;
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      if (width === 0) return;
      const view = { x: (width / 2 - x) / zoom, y: (height / 2 - y) / zoom, zoom };
      if (said !== null && said.x === view.x && said.y === view.y && said.zoom === zoom) return;
      said = view;
      flow.present({ view });
    };
    // Only the last place within the interval is sent, and nothing at all while nobody else is here.
    const later = () => {
      if (flow.others.getState().length > 0) timer ??= setTimeout(say, everyMs);
    };
    const stops = [store.subscribe(later), flow.others.subscribe(later)];
    later();
    return () => {
      if (timer !== null) clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [flow, store]);
}

function useFollow(view: View | null, on: boolean): void {
  const { setViewport } = useReactFlow();
  const store = useStoreApi();
  const [x, y, zoom] = [view?.x, view?.y, view?.zoom];
  useEffect(() => {
    if (!on || x === undefined || y === undefined || zoom === undefined) return;
    const { width, height } = store.getState();
    void setViewport({ x: width / 2 - x * zoom, y: height / 2 - y * zoom, zoom }, { duration: everyMs });
  }, [on, x, y, zoom, setViewport, store]);
}

function useEndByMoving(on: boolean): void {
  const { ui } = useBuilder();
  const store = useStoreApi();
  useEffect(() => {
    const pane = store.getState().domNode;
    if (!on || pane === null) return;
    const end = () => ui.setState({ following: null });
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      end();
    };
    pane.addEventListener('wheel', end, { capture: true, passive: true });
    pane.addEventListener('pointerdown', end, { capture: true });
    window.addEventListener('keydown', onKey, { capture: true });
    return () => {
      pane.removeEventListener('wheel', end, { capture: true });
      pane.removeEventListener('pointerdown', end, { capture: true });
      window.removeEventListener('keydown', onKey, { capture: true });
    };
  }, [on, ui, store]);
}
