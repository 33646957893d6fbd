import './builder.css';
import { hashKey, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ReactFlowProvider } from '@xyflow/react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useApi } from '../../api/api.ts';
import { keys } from '../../api/keys.ts';
import { meQuery } from '../../api/queries.ts';
import { readStored, writeStored } from '../../app/stored.ts';
import { useNarrow } from '../../app/use-media.ts';
import { useMay } from '../../app/workspace.ts';
import { AddMenu } from './canvas/add-menu.tsx';
import { ConnectMenu } from './canvas/connect-menu.tsx';
import { EmptyCanvas } from './canvas/empty-canvas.tsx';
import { FindDialog } from './canvas/find-dialog.tsx';
import { FlowCanvas } from './canvas/flow-canvas.tsx';
import { KeySheet } from './canvas/key-sheet.tsx';
import { StepMenu } from './canvas/step-menu.tsx';
import { CommandsProvider, useMakeCommandContext } from './canvas/use-commands.ts';
import { useKeys } from './canvas/use-keys.ts';
import { useBuilderPalette } from './canvas/use-palette.ts';
import { openFlow } from './document/flow-session.ts';
import { Header } from './header.tsx';
import { Inspector } from './inspector/inspector.tsx';
import { LinkStates } from './link-states.tsx';
import { type Builder, BuilderProvider, useBuilder, useUi } from './model/builder.ts';
import { keepFolds } from './model/keep-folds.ts';
import { MachinesProvider, useSteadyMachines } from './model/machines-context.ts';
import { createUiState, inspectorWidths } from './model/ui-state.ts';
import { InputsDialog } from './run/inputs-dialog.tsx';
import { NarrowList } from './run/narrow-list.tsx';
import { createPins } from './run/pins.ts';
import { RunBar } from './run/run-bar.tsx';
import { createRunSession } from './run/run-session.ts';

/** The history is looked at seldom; it comes when it is asked for. */
const VersionsStage = lazy(() =>
  import('./versions/versions-stage.tsx').then((module) => ({ default: module.VersionsStage })),
);

/** One flow, drawn: `/w/:workspace/flows/:flow`. */
export function BuilderPage() {
  const { flowId } = useParams({ from: '/signed-in/w/$workspaceId/flows/$flowId' });
  const builder = useOpenFlow(flowId);
  const machines = useSteadyMachines();
  if (builder === null) return null;
  return (
    <BuilderProvider value={builder}>
      <MachinesProvider value={machines}>
        <ReactFlowProvider>
          <Whole key={flowId} />
        </ReactFlowProvider>
      </MachinesProvider>
    </BuilderProvider>
  );
}

function Whole() {
  const narrow = useNarrow();
  const { flow } = useBuilder();
  useSelectionPresence();
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => !flow.state.getState().saved && event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [flow]);
  return (
    <div className="flow-builder">
      <Header />
      <div className="flow-stage">
        {narrow ? <NarrowList /> : <Stage />}
        <LinkStates />
      </div>
      <RunBar />
      <InputsDialog />
    </div>
  );
}

function Building() {
  return (
    <CommandsProvider value={useMakeCommandContext()}>
      <Drawing />
    </CommandsProvider>
  );
}

function Stage() {
  const mode = useUi((ui) => ui.mode);
  if (mode === 'versions')
    return (
      <Suspense>
        <VersionsStage />
      </Suspense>
    );
  return <Building />;
}

function Drawing() {
  useKeys();
  useBuilderPalette();
  return (
    <>
      <StepMenu
        area={
          <div className="canvas">
            <FlowCanvas />
            <EmptyCanvas />
            <AddMenu />
            <ConnectMenu />
          </div>
        }
      />
      <Inspector />
      <FindDialog />
      <KeySheet />
    </>
  );
}

/** Of what is chosen others are told at most so much. */
const mostShown = 200;

/** Others see what this person has chosen. */
function useSelectionPresence(): void {
  const { flow, ui } = useBuilder();
  useEffect(
    () =>
      ui.subscribe(
        (now, before) =>
          now.selection !== before.selection && flow.present({ selection: [...now.selection].slice(0, mostShown) }),
      ),
    [flow, ui],
  );
}

/** Opens the document and the run session of a flow, for as long as the page shows it. */
function useOpenFlow(flowId: string): Builder | null {
  const api = useApi();
  const me = useQuery(meQuery(api)).data?.user;
  const readOnly = !useMay('member');
  const [builder, setBuilder] = useState<Builder | null>(null);
  const [personId, personName] = [me?.id, me?.name];
  useEffect(() => {
    if (personId === undefined || personName === undefined) return;
    const { host, live, cache } = api;
    const flow = openFlow({
      flowId,
      url: `${host.origin.replace(/^http/, 'ws')}/ws/flows/${flowId}`,
      ticket: async () => (await host.client.call('createTicket', {})).ticket,
      person: { id: personId, name: personName },
      now: Date.now,
    });
    const run = createRunSession({
      client: host.client,
      live,
      flowId,
      onSteps: (steps) => {
        const changed = new Set(steps.map((step) => hashKey(keys.runStep(step.runId, step.stepId, step.path))));
        void cache.invalidateQueries({ predicate: ({ queryHash }) => changed.has(queryHash) });
      },
    });
    const ui = createUiState();
    const width = Number(readStored('inspector-width'));
    if (width >= inspectorWidths.least && width <= inspectorWidths.most) ui.setState({ inspectorWidth: width });
    const stopFolds = keepFolds(ui, flowId);
    const key = `pins.${flowId}`;
    const pins = createPins({ read: () => readStored(key), write: (text) => writeStored(key, text) });
    setBuilder({ flowId, flow, run, pins, ui, readOnly });
    return () => {
      setBuilder(null);
      stopFolds();
      run.end();
      flow.end();
    };
  }, [api, flowId, personId, personName, readOnly]);
  return builder;
}
