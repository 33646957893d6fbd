import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Globe, LogOut, Monitor, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Session } from '../../../shared/model/user.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { meQuery, sessionsQuery, workspacesQuery } from '../../api/queries.ts';
import { morePages } from '../../app/pages.ts';
import { useThisMachine } from '../../app/sidebar.tsx';
import { chooseTheme, type ThemeChoice, useTheme } from '../../app/theme.ts';
import { useNarrow } from '../../app/use-media.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { WorkspaceDialog } from '../../app/workspace-dialog.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { toast } from '../../ui/toasts.tsx';

/** Who you are, where you are signed in, and how the pages look to you. */
export function YouPage() {
  const api = useApi();
  const narrow = useNarrow();
  const me = useQuery(meQuery(api)).data;
  return (
    <>
      <PageHeader trail={['You']} />
      <div className="min-h-0 flex-1 overflow-auto p-5">
        <div className="mx-auto flex max-w-160 flex-col gap-4">
          {me !== undefined && <Person name={me.user.name} id={me.user.id} host={me.host} />}
          {narrow && <MorePages />}
          <Theme />
          <Workspaces />
          {api.host.desktop === null && <Sessions />}
        </div>
      </div>
    </>
  );
}

function Person({ name, id, host }: { name: string; id: string; host: { name: string; version: string } }) {
  const { role, name: workspace } = useWorkspace();
  const { host: reached } = useApi();
  return (
    <Panel>
      <div className="row gap-3 p-4">
        <Avatar name={name} id={id} said={false} />
        <div className="min-w-0 flex-1 leading-[18px]">
          <div className="cut font-strong">{name}</div>
          <div className="cut text-12 text-ink-3">
            {role} of {workspace}, on {host.name}, OtherThing {host.version}
          </div>
        </div>
        {reached.desktop === null && <SignOut />}
      </div>
    </Panel>
  );
}

function SignOut() {
  const { host, live } = useApi();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => host.client.call('signOut', {}),
    onSuccess: async () => {
      live.stop();
      await navigate({ to: '/sign-in' });
      cache.clear();
      location.reload();
    },
    onError: (error) => toast({ text: errorWords(error).what, sign: 'failed' }),
  });
  return (
    <Button icon={LogOut} onClick={() => signOut.mutate()} pending={signOut.isPending}>
      Sign out
    </Button>
  );
}

/** The pages that have no tab at the foot. */
const MorePages = () => (
  <Panel>
    <nav aria-label="More pages">
      {morePages.map((page) => (
        <Link
          key={page.to}
          to={page.to}
          from="/w/$workspaceId"
          className="row h-11 gap-3 border-b border-line px-4 last:border-0"
        >
          <Icon of={page.icon} /> {page.label}
        </Link>
      ))}
    </nav>
  </Panel>
);

const themes: readonly { value: ThemeChoice; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

function Theme() {
  const choice = useTheme((state) => state.choice);
  return (
    <Panel>
      <div className="row h-13 gap-3 px-4">
        <span className="font-strong">Theme</span>
        <span className="ml-auto">
          <Segmented label="Theme" value={choice} segments={themes} onChange={chooseTheme} />
        </span>
      </div>
    </Panel>
  );
}

function Workspaces() {
  const api = useApi();
  const here = useWorkspace();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const mine = useThisMachine();
  const [making, setMaking] = useState(false);
  const all = useQuery(workspacesQuery(api)).data ?? [here];
  return (
    <Panel
      title="Workspaces"
      end={
        <Button size="s" variant="ghost" icon={Plus} onClick={() => setMaking(true)}>
          New workspace
        </Button>
      }
    >
      <ul>
        {all.map((one) => (
          <li key={one.id} className="row h-10 gap-3 border-b border-line px-4 last:border-0">
            <Link
              to="/w/$workspaceId/flows"
              params={{ workspaceId: one.id }}
              className="cut font-medium hover:underline"
            >
              {one.name}
            </Link>
            {one.id === here.id && <Chip look="line">open</Chip>}
            <span className="ml-auto text-12 text-ink-3">{one.role}</span>
          </li>
        ))}
      </ul>
      {narrow && mine !== null && (
        <Link
          to="/w/$workspaceId/this-node"
          params={{ workspaceId: here.id }}
          className="row h-11 gap-3 border-t border-line px-4"
        >
          <Icon of={Monitor} /> This node
        </Link>
      )}
      <WorkspaceDialog
        open={making}
        onOpenChange={setMaking}
        rename={null}
        onMade={(made) => void navigate({ to: '/w/$workspaceId/flows', params: { workspaceId: made.id } })}
      />
    </Panel>
  );
}

function Sessions() {
  const sessions = useQuery(sessionsQuery(useApi())).data ?? [];
  if (sessions.length === 0) return null;
  return (
    <Panel title="Signed in at" note="Browsers that hold a session of yours">
      <ul>
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
    </Panel>
  );
}

function SessionRow({ session }: { session: Session }) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const end = useMutation({
    mutationFn: () => client.call('endSession', { params: { id: session.id } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.sessions }),
    onError: (error) => toast({ text: errorWords(error).what, sign: 'failed' }),
  });
  return (
    <li className="row h-13 gap-3 border-b border-line px-4 last:border-0">
      <Icon of={Globe} />
      <div className="min-w-0 leading-[18px]">
        <div className="cut">{browserWords(session.userAgent)}</div>
        <div className="text-12 text-ink-3">
          used <RelativeTime at={session.lastUsedAt} />
        </div>
      </div>
      <span className="ml-auto">
        {session.current ? (
          <Chip look="line">this browser</Chip>
        ) : (
          <Button size="s" onClick={() => end.mutate()} pending={end.isPending}>
            End it
          </Button>
        )}
      </span>
    </li>
  );
}

/** "Firefox on Linux", as far as the browser says. */
export function browserWords(userAgent: string): string {
  const browser = /Edg\//.test(userAgent)
    ? 'Edge'
    : /Firefox\//.test(userAgent)
      ? 'Firefox'
      : /Chrom(e|ium)\//.test(userAgent)
        ? 'Chrome'
        : /Safari\//.test(userAgent)
          ? 'Safari'
          : 'A browser';
  const system = /Windows/.test(userAgent)
    ? 'Windows'
    : /iPhone|iPad/.test(userAgent)
      ? 'iOS'
      : /Mac OS/.test(userAgent)
        ? 'macOS'
        : /Android/.test(userAgent)
          ? 'Android'
          : /Linux/.test(userAgent)
            ? 'Linux'
            : null;
  return system === null ? browser : `${browser} on ${system}`;
}
