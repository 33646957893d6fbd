import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { Archive } from 'lucide-react';
import { type Api, useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { PanelList } from '../../app/panel-list.tsx';
import { Button } from '../../ui/button.tsx';
import { InlineCode } from '../../ui/code-text.tsx';
import { CopyButton } from '../../ui/copy-line.tsx';
import { EmptyPanel } from '../../ui/empty-state.tsx';
import { formatBytes } from '../../ui/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { toast } from '../../ui/toasts.tsx';

const backupsQuery = ({ host: { client } }: Api) =>
  queryOptions({
    queryKey: keys.backups,
    queryFn: async ({ signal }) => (await client.call('listBackups', { signal })).items,
    staleTime: 30_000,
  });

/** Copies of everything on this host; made while it works. */
export function Backups() {
  const api = useApi();
  const backups = useQuery(backupsQuery(api));
  const make = useMutation({
    mutationFn: () => api.host.client.call('createBackup', {}),
    onSuccess: () => api.cache.invalidateQueries({ queryKey: keys.backups }),
    onError: (error) => toast({ text: `${errorWords(error).what} ${errorWords(error).next}`, sign: 'failed' }),
  });
  return (
    <Panel
      title="Backups of the host"
      note="Every workspace, with its files and collections"
      end={
        <Button size="s" icon={Archive} pending={make.isPending} onClick={() => make.mutate()}>
          Back up now
        </Button>
      }
    >
      <PanelList
        what="backups"
        query={backups}
        empty={
          <EmptyPanel title="No backup yet">
            It lies in the data folder; copy it to another disk. <InlineCode>otherthing restore</InlineCode> brings it
            back.
          </EmptyPanel>
        }
      >
        {({ name, manifest, path, size }) => (
          <li key={name} className="row h-13 gap-4 border-b border-line px-4 last:border-0">
            <div className="min-w-0 flex-1 leading-[18px]">
              <RelativeTime at={manifest.createdAt} className="font-strong" />
              <div className="cut font-mono text-11 text-ink-3">{path}</div>
            </div>
            <span className="text-12 text-ink-2">{formatBytes(size)}</span>
            <CopyButton text={path} label="Copy path" />
          </li>
        )}
      </PanelList>
    </Panel>
  );
}
