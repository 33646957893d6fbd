import './versions.css';
import { useQuery } from '@tanstack/react-query';
import { ReactFlowProvider } from '@xyflow/react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { createStore } from 'zustand/vanilla';
import type { FlowFile } from '../../../../shared/model/flow.ts';
import { useApi } from '../../../api/api.ts';
import { FlowCanvas } from '../canvas/flow-canvas.tsx';
import { CommandsProvider, useMakeCommandContext } from '../canvas/use-commands.ts';
import { useKeys } from '../canvas/use-keys.ts';
import { type Builder, BuilderProvider, useBuilder, useFlow } from '../model/builder.ts';
import { createUiState } from '../model/ui-state.ts';
import type { RunSession, RunState } from '../run/run-session.ts';
import { bothOf, diffOf, type FlowDiff } from './flow-diff.ts';
import { stillFlow } from './still-flow.ts';
import { VersionsPanel } from './versions-panel.tsx';
import { versionFileQuery } from './versions-queries.ts';

/** The history of a flow: its versions at the right, and what differs from the present on the canvas. */
export function VersionsStage() {
  const { flowId, ui } = useBuilder();
  const [chosen, setChosen] = useState<string | null>(null);
  const present = useFlow((view) => view.file);
  const version = useQuery({ ...versionFileQuery(useApi(), flowId, chosen ?? ''), enabled: chosen !== null });
  const then = chosen === null ? null : (version.data?.file ?? null);
  const diff = useMemo(() => (then === null ? null : diffOf(then, present)), [then, present]);
  const file = useMemo(() => (then === null ? present : bothOf(then, present)), [then, present]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) ui.setState({ mode: 'build' });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [ui]);
  return (
    <Still file={file} diff={diff}>
      <VersionsPanel
        chosen={chosen}
        onChoose={setChosen}
        diff={diff}
        then={then}
        present={present}
        failed={version.error}
        onClose={() => ui.setState({ mode: 'build' })}
      />
    </Still>
  );
}

interface StillProps {
  file: FlowFile;
  diff: FlowDiff | null;
  children: ReactNode;
}

/** The canvas with a file that only stands to be looked at. */
function Still({ file, diff, children }: StillProps) {
  const builder = useStillBuilder(file, diff);
  return (
    <BuilderProvider value={builder}>
      <ReactFlowProvider>
        <StillDrawing />
        {children}
      </ReactFlowProvider>
    </BuilderProvider>
  );
}

function StillDrawing() {
  const context = useMakeCommandContext();
  return (
    <CommandsProvider value={context}>
      <StillKeys />
      <div className="canvas">
        <FlowCanvas />
      </div>
    </CommandsProvider>
  );
}

function StillKeys() {
  useKeys();
  return null;
}

const noRun = createStore<RunState>(() => ({
  overlay: null,
  file: null,
  tables: new Map(),
  texts: new Map(),
  pending: null,
  problem: null,
}));

function useStillBuilder(file: FlowFile, diff: FlowDiff | null): Builder {
  const { flowId, run, pins } = useBuilder();
  const still = useMemo((): Builder => {
    const session: RunSession = { ...run, state: noRun };
    return { flowId, flow: stillFlow(file), run: session, pins, ui: createUiState(), readOnly: true };
  }, [flowId, run, pins, file]);
  still.ui.setState({ diff });
  useEffect(() => () => still.flow.end(), [still]);
  return still;
}
