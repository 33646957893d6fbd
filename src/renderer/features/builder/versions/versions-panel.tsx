import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Pencil, RotateCcw, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { FlowFile, FlowVersion } from '../../../../shared/model/flow.ts';
import { useApi } from '../../../api/api.ts';
import { errorWords } from '../../../api/error-words.ts';
import { keys } from '../../../api/keys.ts';
import { useMay } from '../../../app/workspace.ts';
import { Avatar } from '../../../ui/avatar.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { ErrorPanel } from '../../../ui/error-state.tsx';
import { Input } from '../../../ui/input.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { useBuilder, useUi } from '../model/builder.ts';
import { select } from '../model/ui-state.ts';
import { type Change, changeWords, diffWords, type FlowDiff, stepText } from './flow-diff.ts';
import { versionsQuery } from './versions-queries.ts';

/** Loaded when a step is first compared. */
const TextDiff = lazy(() => import('./text-diff.tsx').then((module) => ({ default: module.TextDiff })));

interface PanelProps {
  chosen: string | null;
  onChoose: (versionId: string | null) => void;
  diff: FlowDiff | null;
  then: FlowFile | null;
  present: FlowFile;
  failed: unknown;
  /** Back to building. */
  onClose: () => void;
}

/** The versions of a flow: named, by whom, when; what differs from now; restore. */
export function VersionsPanel({ chosen, onChoose, diff, then, present, failed, onClose }: PanelProps) {
  const { flowId } = useBuilder();
  const may = useMay('member');
  const versions = useInfiniteQuery(versionsQuery(useApi(), flowId));
  const list = versions.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <aside className="flow-versions" aria-label="Versions">
      <header>
        <h2>Versions</h2>
        <IconButton icon={X} label="Back to building" keys="Esc" size="s" variant="ghost" onClick={onClose} />
      </header>
      {may && <KeepNow />}
      {versions.isPending && <Skeleton width="100%" height={120} />}
      {versions.isError && (
        <ErrorPanel
          title="The versions could not be loaded"
          onRetry={() => void versions.refetch()}
          retrying={versions.isFetching}
        >
          {errorWords(versions.error).what}
        </ErrorPanel>
      )}
      {versions.isSuccess && list.length === 0 && (
        <p className="text-12 text-ink-3">
          There is no version yet. One is made whenever the flow runs and after a pause in editing, or by you above.
        </p>
      )}
      <ul className="flow-version-list">
        {list.map((version) => (
          <li key={version.id} data-chosen={version.id === chosen}>
            <Version
              version={version}
              chosen={version.id === chosen}
              may={may}
              onRestored={onClose}
              onChoose={() => onChoose(version.id === chosen ? null : version.id)}
            />
            {version.id === chosen && (
              <>
                {failed !== null && failed !== undefined && (
                  <p className="text-12 text-fail">{errorWords(failed).what}</p>
                )}
                {diff !== null && then !== null && <Differences diff={diff} then={then} present={present} />}
              </>
            )}
          </li>
        ))}
      </ul>
      {versions.hasNextPage && (
        <Button size="s" pending={versions.isFetchingNextPage} onClick={() => void versions.fetchNextPage()}>
          Older versions
        </Button>
      )}
    </aside>
  );
}

/** Keeps the flow as it is now under a name. */
function KeepNow() {
  const { flowId } = useBuilder();
  const { host } = useApi();
  const change = useVersionChange();
  const [name, setName] = useState('');
  const keep = () => {
    if (name.trim() === '') return;
    void change(host.client.call('createVersion', { params: { id: flowId }, body: { name: name.trim() } })).then(
      (done) => done && setName(''),
    );
  };
  return (
    <form
      className="row gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <Input
        value={name}
        maxLength={120}
        placeholder="Name the flow as it is now"
        aria-label="Name of a new version"
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" disabled={name.trim() === ''}>
        Keep
      </Button>
    </form>
  );
}

interface VersionProps {
  version: FlowVersion;
  chosen: boolean;
  may: boolean;
  onRestored: () => void;
  onChoose: () => void;
}

function Version({ version, chosen, may, onRestored, onChoose }: VersionProps) {
  const [naming, setNaming] = useState(false);
  const restore = useRestore(version, onRestored);
  if (naming) return <VersionName version={version} onDone={() => setNaming(false)} />;
  return (
    <>
      <button type="button" className="flow-version" aria-expanded={chosen} onClick={onChoose}>
        <span className="row gap-2">
          <b className="cut">{version.name ?? `Version ${version.number}`}</b>
          <span className="ml-auto text-12 text-ink-3">
            <RelativeTime at={version.createdAt} />
          </span>
        </span>
        <span className="row gap-1.5 text-12 text-ink-3">
          {version.authorName !== null && <Avatar name={version.authorName} size={18} said={false} />}
          <span className="cut">{aboutVersion(version)}</span>
        </span>
      </button>
      {chosen && may && (
        <div className="row gap-2">
          <Button size="s" icon={RotateCcw} pending={restore.pending} onClick={restore.start}>
            Restore this version
          </Button>
          <Button size="s" variant="ghost" icon={Pencil} onClick={() => setNaming(true)}>
            {version.name === null ? 'Name it' : 'Rename'}
          </Button>
        </div>
      )}
    </>
  );
}

function aboutVersion({ name, number, authorName, automatic }: FlowVersion): string {
  const parts = [
    authorName ?? 'The host',
    name === null ? '' : `version ${number}`,
    automatic === true ? 'kept by itself' : '',
  ];
  return parts.filter(Boolean).join(', ');
}

function VersionName({ version, onDone }: { version: FlowVersion; onDone: () => void }) {
  const { flowId } = useBuilder();
  const { host } = useApi();
  const change = useVersionChange();
  const [name, setName] = useState(version.name ?? '');
  const keep = () => {
    const wanted = name.trim() === '' ? null : name.trim();
    onDone();
    if (wanted !== version.name)
      void change(
        host.client.call('nameVersion', { params: { id: flowId, versionId: version.id }, body: { name: wanted } }),
      );
  };
  return (
    <Input
      autoFocus
      aria-label="Name of the version"
      value={name}
      maxLength={120}
      onChange={(event) => setName(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep();
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onDone();
      }}
    />
  );
}

/** Waits for a change of the list and asks for it again; says why where the host refused. True when it was done. */
function useVersionChange(): (call: Promise<unknown>) => Promise<boolean> {
  const { flowId } = useBuilder();
  const cache = useQueryClient();
  return async (call) => {
    try {
      await call;
      await cache.invalidateQueries({ queryKey: [...keys.flow(flowId), 'versions'] });
      return true;
    } catch (error) {
      toast({ sign: 'failed', text: errorWords(error).what });
      return false;
    }
  };
}

/** Brings the flow back to a version. The way back is the version that the host keeps of the present before. */
function useRestore(version: FlowVersion, onRestored: () => void): { pending: boolean; start: () => void } {
  const { flowId } = useBuilder();
  const { host } = useApi();
  const change = useVersionChange();
  const [pending, setPending] = useState(false);
  const start = () => {
    setPending(true);
    void change(host.client.call('restoreVersion', { params: { id: flowId, versionId: version.id } }))
      .then((done) => {
        if (!done) return;
        onRestored();
        toast({ sign: 'done', text: `The flow is as in ${version.name ?? `version ${version.number}`} again.` });
      })
      .finally(() => setPending(false));
  };
  return { pending, start };
}

/** What differs between a version and now, by step; one of them line by line. */
function Differences({ diff, then, present }: { diff: FlowDiff; then: FlowFile; present: FlowFile }) {
  const { ui } = useBuilder();
  const selection = useUi((state) => state.selection);
  const before = new Map(then.steps.map((step) => [step.id, step]));
  const now = new Map(present.steps.map((step) => [step.id, step]));
  const chosen = [...selection].find((id) => diff.steps.has(id));
  return (
    <div className="flow-differences">
      <p className="text-12 text-ink-2" role="status">
        {diffWords(diff) === 'Nothing differs' ? 'Nothing differs from now.' : `Since then: ${diffWords(diff)}.`}
      </p>
      <ul>
        {[...diff.steps].map(([id, change]) => (
          <li key={id}>
            <button type="button" aria-pressed={id === chosen} onClick={() => select(ui, [id])}>
              <ChangeMark change={change} />
              <span className="cut">{(now.get(id) ?? before.get(id))?.name ?? id}</span>
            </button>
          </li>
        ))}
      </ul>
      {chosen !== undefined && (
        <Suspense fallback={<Skeleton width="100%" height={96} />}>
          <TextDiff then={textOf(before.get(chosen))} now={textOf(now.get(chosen))} />
        </Suspense>
      )}
    </div>
  );
}

const textOf = (step: FlowFile['steps'][number] | undefined): string => (step === undefined ? '' : stepText(step));

/** The word of a change in the colour of its state. */
export const ChangeMark = ({ change }: { change: Change }) => (
  <span className="flow-change" data-change={change}>
    {changeWords[change]}
  </span>
);
