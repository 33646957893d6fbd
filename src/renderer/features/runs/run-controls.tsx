import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Pencil, Play, Square, StepForward } from 'lucide-react';
import { isRunOver, type RunDetail, type RunSummary } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button, type ButtonSize } from '../../ui/button.tsx';
import { toast } from '../../ui/toasts.tsx';

const sayFailure = (error: unknown) => {
  const { what, next } = errorWords(error);
  toast({ text: `${what} ${next}`, sign: 'failed' });
};

export function useStopRun() {
  const { client } = useApi().host;
  return useMutation({
    mutationFn: (run: RunSummary) => client.call('cancelRun', { params: { id: run.id } }),
    onError: sayFailure,
  });
}

/** The same again with the same inputs: the flow as it is now, or the very file where the flow is gone. */
function useRunAgain() {
  const { client } = useApi().host;
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ run, file, inputs }: RunDetail) =>
      run.flowId === null
        ? client.call('startRunOfFile', { params: { id: run.workspaceId }, body: { file, inputs } })
        : client.call('startRun', { params: { id: run.flowId }, body: { inputs } }),
    onSuccess: (run) =>
      navigate({ to: '/w/$workspaceId/runs/$runId', params: { workspaceId: run.workspaceId, runId: run.id } }),
    onError: sayFailure,
  });
}

/** The same run from where it stopped: what had finished is not done, nor paid, again. */
function useGoOn() {
  const { client } = useApi().host;
  return useMutation({
    mutationFn: (run: RunSummary) => client.call('resumeRun', { params: { id: run.id }, body: {} }),
    onError: sayFailure,
  });
}

interface RunControlsProps {
  detail: RunDetail;
  size?: ButtonSize;
  /** There is room for one or two buttons only. */
  narrow?: boolean;
}

export function RunControls({ detail, size = 's', narrow = false }: RunControlsProps) {
  const { id: workspaceId } = useWorkspace();
  const mayRun = useMay('member');
  const stop = useStopRun();
  const again = useRunAgain();
  const goOn = useGoOn();
  const { run } = detail;
  const mayGoOn = run.state === 'failed' || run.state === 'cancelled';
  return (
    <>
      {run.flowId !== null && !narrow && (
        <Button asChild size={size}>
          <Link to="/w/$workspaceId/flows/$flowId" params={{ workspaceId, flowId: run.flowId }}>
            <Pencil size={14} strokeWidth={1.6} aria-hidden />
            Open flow
          </Link>
        </Button>
      )}
      {mayRun && !isRunOver(run.state) && (
        <Button size={size} variant="danger" icon={Square} pending={stop.isPending} onClick={() => stop.mutate(run)}>
          Stop
        </Button>
      )}
      {mayRun && isRunOver(run.state) && !(narrow && mayGoOn) && (
        <Button
          size={size}
          variant={mayGoOn ? 'plain' : 'go'}
          icon={Play}
          pending={again.isPending}
          onClick={() => again.mutate(detail)}
        >
          Run again
        </Button>
      )}
      {mayRun && mayGoOn && (
        <Button size={size} variant="go" icon={StepForward} pending={goOn.isPending} onClick={() => goOn.mutate(run)}>
          Go on
        </Button>
      )}
    </>
  );
}
