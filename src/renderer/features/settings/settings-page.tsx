import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api/api.ts';
import { meQuery } from '../../api/queries.ts';
import { useMay } from '../../app/workspace.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Audit } from './audit.tsx';
import { Backups } from './backups.tsx';
import { Checks } from './checks.tsx';
import { History } from './history.tsx';
import { Host } from './host.tsx';
import { ThisApp } from './this-app.tsx';
import { UpdatesOfApp } from './updates.tsx';

/** How a workspace keeps its history and checks its nodes; who did what; and, for those who run the host, its backups. */
export function SettingsPage() {
  const { data } = useQuery(meQuery(useApi()));
  const isAdmin = useMay('admin');
  return (
    <>
      <PageHeader trail={['Settings']} />
      <div className="min-h-0 flex-1 overflow-auto p-5">
        <div className="mx-auto flex max-w-200 flex-col gap-4">
          <ThisApp />
          <UpdatesOfApp />
          <History />
          <Checks />
          {data?.user.hostAdmin === true && <Host />}
          {data?.user.hostAdmin === true && <Backups />}
          {isAdmin && <Audit />}
        </div>
      </div>
    </>
  );
}
