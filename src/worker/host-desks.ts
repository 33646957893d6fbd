import type { OwnJob } from '../shared/model/this-node.ts';
import type { HostToJoin } from '../shared/services.ts';
import type { HostDesk } from './host-desk.ts';

/** The desks of one node: one for each host that it serves, which may change while it runs. */
export interface HostDesks {
  /** Opens, keeps and ends desks until exactly these hosts are served; resolves when it is so. */
  serve(hosts: readonly HostToJoin[]): Promise<void>;
  all(): Iterable<HostDesk>;
  /** The desk at a host, by its origin. */
  at(url: string): HostDesk | undefined;
  /** What is worked on now for any of them. */
  works(): OwnJob[];
  stop(): Promise<void>;
}

interface Open {
  host: HostToJoin;
  desk: HostDesk;
}

export function createHostDesks(openDesk: (host: HostToJoin) => Promise<HostDesk>): HostDesks {
  const open = new Map<string, Open>();
  let turn: Promise<void> = Promise.resolve();

  const end = async (url: string, { desk }: Open): Promise<void> => {
    open.delete(url);
    await desk.stop();
  };

  const change = async (hosts: readonly HostToJoin[]): Promise<void> => {
    const wanted = new Map(hosts.map((host) => [host.url, host]));
    const leaving = [...open].filter(([url, one]) => isAnother(one.host, wanted.get(url)));
    await Promise.all(leaving.map(([url, one]) => end(url, one)));
    for (const host of wanted.values()) {
      const kept = open.get(host.url);
      if (kept === undefined) open.set(host.url, { host, desk: await openDesk(host) });
      else introduce(kept, host);
    }
  };

  const serve = (hosts: readonly HostToJoin[]): Promise<void> => {
    const done = turn.then(() => change(hosts));
    turn = done.catch(() => undefined);
    return done;
  };

  return {
    serve,
    all: () => [...open.values()].map(({ desk }) => desk),
    at: (url) => open.get(url)?.desk,
    works: () => [...open].flatMap(([host, { desk }]) => desk.desk.works().map((work) => ownJob(host, work))),
    stop: () => serve([]),
  };
}

/** The desks' clock counts from the start of this process. */
function ownJob(host: string, work: ReturnType<HostDesk['desk']['works']>[number]): OwnJob {
  return { ...work, host, startedAt: Math.round(performance.timeOrigin + work.startedAt) };
}

/** A host that is not wanted any more, or that shows another certificate now, gets no more of the old connection. */
function isAnother(open: HostToJoin, wanted: HostToJoin | undefined): boolean {
  return wanted === undefined || wanted.fingerprint !== open.fingerprint || wanted.introduce !== open.introduce;
}

function introduce(kept: Open, { joinKey }: HostToJoin): void {
  if (joinKey === undefined || joinKey === kept.host.joinKey) return;
  kept.host = { ...kept.host, joinKey };
  kept.desk.introduce(joinKey);
}
