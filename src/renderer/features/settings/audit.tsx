import { infiniteQueryOptions, useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { AuditEntry } from '../../../shared/model/audit.ts';
import { type Api, useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { saveAs } from '../../api/save-as.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyPanel } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { type Column, Table, TableRow } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { actWords, auditGroups, detailWords } from './audit-words.ts';

type Group = (typeof auditGroups)[number]['value'];

const ofGroup = (group: Group) => (group === 'all' ? {} : { action: group });

const auditQuery = ({ host: { client } }: Api, workspaceId: string, group: Group) =>
  infiniteQueryOptions({
    queryKey: keys.audit(workspaceId, group),
    queryFn: ({ signal, pageParam }) =>
      client.call('listAudit', {
        params: { id: workspaceId },
        query: { limit: 50, ...ofGroup(group), ...(pageParam === null ? {} : { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 5_000,
  });

/** Who did what in this workspace, the latest first (S13). */
export function Audit() {
  const api = useApi();
  const { id } = useWorkspace();
  const [group, setGroup] = useState<Group>('all');
  const audit = useInfiniteQuery(auditQuery(api, id, group));
  const entries = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel
      title="Who did what"
      end={
        <>
          <Select label="Show" size="s" className="w-36" value={group} options={auditGroups} onChange={setGroup} />
          <Export group={group} />
        </>
      }
    >
      {audit.data === undefined ? (
        audit.isError ? (
          <ErrorPanel title="The log could not be loaded" onRetry={() => void audit.refetch()}>
            {errorWords(audit.error).what}
          </ErrorPanel>
        ) : (
          <div className="flex flex-col gap-3 p-4">
            <Skeleton width="80%" />
            <Skeleton width="60%" />
          </div>
        )
      ) : entries.length === 0 ? (
        <EmptyPanel title="Nothing of this yet">Every act that changes something is written down here.</EmptyPanel>
      ) : (
        <>
          <Entries entries={entries} />
          {audit.hasNextPage && (
            <div className="border-t border-line p-2 text-center">
              <Button
                size="s"
                variant="ghost"
                pending={audit.isFetchingNextPage}
                onClick={() => void audit.fetchNextPage()}
              >
                Show more
              </Button>
            </div>
          )}
        </>
      )}
    </Panel>
  );
}

const columns: readonly Column[] = [{ head: 'When', width: '112px' }, { head: 'Who', width: '24%' }, { head: 'What' }];

const Entries = ({ entries }: { entries: readonly AuditEntry[] }) => (
  <Table label="Who did what" columns={columns} fixed>
    {entries.map((entry) => (
      <TableRow key={entry.id}>
        <td className="text-12 text-ink-3">
          <RelativeTime at={entry.at} />
        </td>
        <td>
          <span className="row gap-2">
            {entry.actor.userId !== null && (
              <Avatar name={entry.actor.name} id={entry.actor.userId} size={18} said={false} />
            )}
            <span className="cut">{entry.actor.name}</span>
          </span>
        </td>
        <td className="leading-[18px]">
          <div className="cut">{actWords(entry.action)}</div>
          <div className="cut text-12 text-ink-3">
            {[detailWords(entry), entry.from === null ? '' : `from ${entry.from}`].filter(Boolean).join(' · ')}
          </div>
        </td>
      </TableRow>
    ))}
  </Table>
);

function Export({ group }: { group: Group }) {
  const { client } = useApi().host;
  const { id, name } = useWorkspace();
  const save = useMutation({
    mutationFn: () => client.download('exportAudit', { params: { id }, query: { format: 'csv', ...ofGroup(group) } }),
    onSuccess: (content) => saveAs(content, `${name} audit.csv`),
    onError: (error) => toast({ text: errorWords(error).what, sign: 'failed' }),
  });
  return (
    <Button size="s" variant="ghost" icon={Download} pending={save.isPending} onClick={() => save.mutate()}>
      CSV
    </Button>
  );
}
