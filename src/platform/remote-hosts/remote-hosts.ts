import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdSource } from '../../shared/ids.ts';
import {
  type JoinConfirmed,
  type RemoteHost,
  type RemoteHostState,
  type RemoteHosts,
  thisComputer,
} from '../../shared/model/remote-host.ts';
import type { HostToJoin, WorkerStanding } from '../../shared/services.ts';
import type { SecretBox } from '../secret-box.ts';
import { type HostSecrets, type KnownHost, mostHosts, readHosts, writeHosts } from './hosts-file.ts';
import { clientOf, createLooks, type Looked, type Looks } from './looks.ts';
import { inWords, type Relay, startRelay } from './relay.ts';
import { type Reached, standingAfter, standingOfNode } from './standing.ts';

/** The hosts on other machines that this computer joined, several at once. */
export interface RemoteHostsService extends Pick<Looks, 'look' | 'confirm'> {
  /** For people: what could not be read at the start. */
  readonly notice: string | null;
  list(): RemoteHosts;
  /** Takes up what was shown, with what the person confirmed. Rejects as `Looks.take` and `POST /join` do. */
  join(confirmed: JoinConfirmed): Promise<RemoteHost>;
  /** Which host the window shows from now on: an id, or `here`. */
  choose(choice: string): Promise<void>;
  /** How the window reaches the chosen host; null for the one that is embedded here. */
  chosen(): Promise<Pick<Relay, 'url' | 'bearer'> | null>;
  /** Forgets a host: its token is revoked where it can be reached, and this computer contributes there no more. */
  remove(id: string): Promise<void>;
  /** The way out of a changed certificate: the person compared the new fingerprint, and it is the one that is shown now. */
  trustAnew(id: string, fingerprint: string): Promise<void>;
  /** This computer becomes a node of a workspace there. */
  contribute(id: string, workspaceId: string): Promise<void>;
  stopContributing(id: string): Promise<void>;
  /** What this computer's worker serves besides the embedded host. */
  served(): HostToJoin[];
  /** What the worker says of its connections. */
  nodeStands(standing: WorkerStanding): void;
  /** Tries every host at once: the machine woke up, or somebody looks. */
  tryNow(): Promise<void>;
  stop(): Promise<void>;
}

export interface RemoteHostsDeps {
  dataDir: string;
  box: SecretBox;
  clock: Clock;
  ids: Pick<IdSource, 'next'>;
  /** What this computer is called. */
  computer: string;
  /** The only page that may use the relays. */
  pageOrigin: string;
  onServed(hosts: HostToJoin[]): void;
  /** Milliseconds between tries; for tests in which no quarter of a minute may pass. */
  tryEvery?: number;
}

/** Whoever waits to be let in is told soon; others are looked at less often. */
const waitingEvery = 3_000;
const usuallyEvery = 15_000;

export async function openRemoteHosts(deps: RemoteHostsDeps): Promise<RemoteHostsService> {
  const { dataDir, box, clock } = deps;
  const found = await readHosts(dataDir, box, clock);
  const hosts = new Map(found.hosts.map((host) => [host.id, host]));
  const standings = new Map<string, RemoteHostState>();
  const nodes = new Map<string, WorkerStanding>();
  const relays = new Map<string, Promise<Relay>>();
  const tried = new Map<string, number>();
  let chosen = hosts.has(found.chosen) ? found.chosen : thisComputer;
  let writing: Promise<void> = Promise.resolve();
  const looks = createLooks({
    clock,
    nextId: () => deps.ids.next('key'),
    known: (origin) => byOrigin(origin)?.fingerprint ?? null,
  });

  const byOrigin = (origin: string) => [...hosts.values()].find((host) => host.origin === origin);
  const need = (id: string): KnownHost => {
    const host = hosts.get(id);
    if (host === undefined) throw new AppError('not_found', 'This host is not known here any more');
    return host;
  };
  const standingOf = (id: string): RemoteHostState => standings.get(id) ?? { state: 'connecting' };

  const save = (): Promise<void> => {
    const write = () => writeHosts(dataDir, box, { chosen, hosts: [...hosts.values()] });
    const done = writing.then(write);
    writing = done.catch(() => undefined);
    return done;
  };

  const served = (): HostToJoin[] =>
    [...hosts.values()]
      .filter(({ contributes }) => contributes)
      .map(({ origin, fingerprint, secrets }) => ({
        url: origin,
        ...(fingerprint === null ? {} : { fingerprint }),
        ...(secrets.joinKey === undefined ? {} : { joinKey: secrets.joinKey }),
      }));

  const show = ({ secrets: _s, unopened: _u, waits: _w, ...host }: KnownHost): RemoteHost => {
    const node = nodes.get(host.origin);
    const contributes = host.contributes
      ? {
          standing: node?.standing ?? ('connecting' as const),
          workspaces: (node?.workspaces ?? []).map(({ name }) => name),
        }
      : null;
    const standing =
      host.person === null && contributes !== null
        ? standingOfNode(standingOf(host.id), contributes.standing, clock.now())
        : standingOf(host.id);
    return { ...host, contributes, standing };
  };

  /** Takes note of how a try went; what was asked of an older certificate or token says nothing any more. */
  const note = (host: KnownHost, reached: Reached): void => {
    const now = hosts.get(host.id);
    if (now === undefined || now.fingerprint !== host.fingerprint || now.secrets !== host.secrets) return;
    standings.set(host.id, standingAfter(standingOf(host.id), reached, { now: clock.now(), waits: now.waits }));
  };

  const relayOf = (host: KnownHost): Promise<Relay> => {
    const running = relays.get(host.id);
    if (running !== undefined) return running;
    const { token } = host.secrets;
    const started = startRelay({
      origin: host.origin,
      fingerprint: host.fingerprint,
      token: token?.secret ?? '',
      pageOrigin: deps.pageOrigin,
      onReached: (how) => note(host, how),
    });
    relays.set(host.id, started);
    started.catch(() => relays.delete(host.id));
    return started;
  };
  const endRelay = async (id: string): Promise<void> => {
    const running = relays.get(id);
    relays.delete(id);
    await (await running?.catch(() => undefined))?.stop();
  };

  /** A host as it is from now on; what went through the old token or certificate ends. */
  const put = async (host: KnownHost): Promise<void> => {
    const before = hosts.get(host.id);
    hosts.set(host.id, host);
    if (
      before !== undefined &&
      (before.fingerprint !== host.fingerprint || before.secrets.token !== host.secrets.token)
    )
      await endRelay(host.id);
    await save();
    if (before?.contributes === true || host.contributes) deps.onServed(served());
  };

  /** Asks whether the host knows this person, and whether they are let in by now. */
  const tryHost = async (host: KnownHost): Promise<void> => {
    tried.set(host.id, clock.now());
    const { token } = host.secrets;
    if (host.person === null) return;
    if (token === undefined) return note(host, 'not-known');
    const client = clientOf(host.origin, host.fingerprint, token.secret);
    try {
      const { items } = await client.call('listWorkspaces', {});
      if (host.waits && items.length > 0) await put({ ...host, waits: false });
      note(hosts.get(host.id) ?? host, 'answered');
    } catch (error) {
      const why =
        error instanceof AppError ? error : inWords(error instanceof Error ? error : new Error(String(error)));
      note(host, why.code === 'not_signed_in' ? 'not-known' : why);
    }
  };
  const isDue = (host: KnownHost): boolean => {
    const every = deps.tryEvery ?? (host.waits ? waitingEvery : usuallyEvery);
    return clock.now() - (tried.get(host.id) ?? Number.NEGATIVE_INFINITY) >= every;
  };
  const tryDue = (all: boolean) =>
    Promise.all([...hosts.values()].filter((host) => all || isDue(host)).map(tryHost)).then(() => undefined);
  const timer = setInterval(() => void tryDue(false), Math.min(deps.tryEvery ?? 1_000, 1_000));
  timer.unref();

  const joinByInvite = async ({ look, target, pin }: Looked, { name, contribute }: JoinConfirmed, code: string) => {
    const before = byOrigin(target.url);
    const isKnown = before?.secrets.token !== undefined && standingOf(before.id).state !== 'removed';
    const token = isKnown ? before.secrets.token : undefined;
    const joined = await clientOf(target.url, pin, token?.secret).call('acceptInvite', {
      body: { code, name, machine: contribute, app: `OtherThing on ${deps.computer}`.slice(0, 120) },
    });
    const secrets: HostSecrets = {
      ...(joined.token !== null ? { token: joined.token } : token === undefined ? {} : { token }),
      ...(joined.joinKey === null ? keyOf(before) : { joinKey: joined.joinKey }),
    };
    // The link of a machine makes nobody a member.
    const person = look.offer === null ? (before?.person ?? null) : { workspaceName: joined.workspace.name };
    const waits = joined.state === 'waits' && (before === undefined || before.waits || !isKnown);
    return { secrets, person, waits, contributes: before?.contributes === true || joined.joinKey !== null };
  };

  const joinByKey = ({ target }: Looked, key: string) => {
    const before = byOrigin(target.url);
    const secrets = { ...before?.secrets, joinKey: key };
    return { secrets, person: before?.person ?? null, waits: before?.waits ?? false, contributes: true };
  };

  const join = async (confirmed: JoinConfirmed): Promise<RemoteHost> => {
    const looked = looks.take(confirmed.lookId);
    const { by, url } = looked.target;
    const before = byOrigin(url);
    if (before === undefined && hosts.size >= mostHosts)
      throw new AppError('conflict', `This computer joins at most ${mostHosts} hosts; remove one first`);
    const joined = by.kind === 'invite' ? await joinByInvite(looked, confirmed, by.code) : joinByKey(looked, by.key);
    const host: KnownHost = {
      id: before?.id ?? deps.ids.next('host'),
      origin: url,
      name: looked.look.offer?.hostName.slice(0, 120) || before?.name || new URL(url).host,
      fingerprint: looked.pin,
      addedAt: before?.addedAt ?? clock.now(),
      ...joined,
    };
    standings.delete(host.id);
    nodes.delete(url);
    await put(host);
    await tryHost(host);
    return show(need(host.id));
  };

  return {
    notice: found.notice,
    look: (typed) => looks.look(typed),
    confirm: (lookId) => looks.confirm(lookId),
    list: () => ({ chosen, items: [...hosts.values()].map(show), secrets: box.protection }),
    join,

    async choose(choice) {
      if (choice !== thisComputer && need(choice).person === null)
        throw new AppError('conflict', 'This computer only contributes to this host; join it by invite to open it');
      chosen = choice;
      await save();
    },

    async chosen() {
      const host = hosts.get(chosen);
      return host === undefined ? null : relayOf(host);
    },

    async remove(id) {
      const { origin, fingerprint, contributes, secrets } = need(id);
      hosts.delete(id);
      standings.delete(id);
      nodes.delete(origin);
      if (chosen === id) chosen = thisComputer;
      await endRelay(id);
      await save();
      if (contributes) deps.onServed(served());
      const { token } = secrets;
      // A host that cannot be reached keeps a token that nobody has any more; its person can revoke it there.
      if (token !== undefined)
        await clientOf(origin, fingerprint, token.secret)
          .call('deleteToken', { params: { id: token.id } })
          .catch(() => undefined);
    },

    async trustAnew(id, fingerprint) {
      const host = need(id);
      const standing = show(host).standing;
      if (standing.state !== 'certificate-changed' || standing.shown !== fingerprint)
        throw new AppError('conflict', 'The host shows another certificate by now; look again');
      standings.delete(id);
      await put({ ...host, fingerprint });
      await tryHost(need(id));
    },

    async contribute(id, workspaceId) {
      const host = need(id);
      const { token } = host.secrets;
      if (token === undefined) throw new AppError('not_signed_in', 'You are no member of this host any more');
      const client = clientOf(host.origin, host.fingerprint, token.secret);
      const { link } = await client.call('createMachineLink', { params: { id: workspaceId } });
      const code = /\/([A-Za-z0-9_-]{43})(?:#|$)/.exec(link)?.[1] ?? '';
      const { joinKey } = await client.call('acceptInvite', { body: { code, machine: true } });
      if (joinKey === null) throw new AppError('internal', 'The host gave no key for this computer');
      const now = need(id);
      await put({ ...now, contributes: true, secrets: { ...now.secrets, joinKey } });
    },

    async stopContributing(id) {
      const host = need(id);
      const { joinKey: _, ...secrets } = host.secrets;
      nodes.delete(host.origin);
      if (host.person === null) hosts.delete(id);
      else hosts.set(id, { ...host, contributes: false, secrets });
      await save();
      deps.onServed(served());
    },

    served,
    nodeStands: (standing) => {
      const host = byOrigin(standing.url);
      if (host !== undefined) nodes.set(standing.url, standing);
    },
    tryNow: () => tryDue(true),

    async stop() {
      clearInterval(timer);
      await Promise.all([...relays.keys()].map(endRelay));
      await writing;
    },
  };
}

function keyOf(host: KnownHost | undefined): Pick<HostSecrets, 'joinKey'> {
  return host?.secrets.joinKey === undefined ? {} : { joinKey: host.secrets.joinKey };
}
