/** Does to a cluster what a plan says, and heals it again. */
import { setTimeout as wait } from 'node:timers/promises';
import { descendantsOf } from '../harness/processes.ts';
import { type Cluster, serviceOf } from './cluster.ts';
import type { Disk } from './disk.ts';
import type { Fault, FaultPlan } from './plan.ts';

/** Performs every fault at its time; resolves when the last is healed. `say` is told what was done. */
export async function performFaults(
  cluster: Cluster,
  disk: Disk | null,
  { faults }: FaultPlan,
  say: (text: string) => void,
): Promise<void> {
  const startedAt = Date.now();
  /** What starts or ends the same program goes one after the other. */
  const turns = new Map<string, Promise<void>>();
  const perform = async (fault: Fault & { at: number }) => {
    await wait(Math.max(0, startedAt + fault.at - Date.now()));
    const program = startedProgram(fault);
    if (program === null) return act(cluster, disk, fault, say);
    const turn = (turns.get(program) ?? Promise.resolve()).then(() => act(cluster, disk, fault, say));
    turns.set(program, turn);
    return turn;
  };
  await Promise.all(faults.map(perform));
}

/** The program that a fault starts or ends, if any. */
function startedProgram(fault: Fault): string | null {
  if (fault.kind === 'kill_host' || fault.kind === 'kill_orchestrator') return 'host';
  return fault.kind === 'kill_node' ? `node ${fault.node}` : null;
}

async function act(cluster: Cluster, disk: Disk | null, fault: Fault, say: (text: string) => void): Promise<void> {
  const { network } = cluster;
  const did = (what: string) => say(`${fault.kind} ${what}`);
  const node = (number: number) => {
    const found = cluster.nodes[number];
    if (found === undefined) throw new Error(`There is no node ${number}`);
    return found;
  };
  const programOf = (number: number) => (number < 0 ? cluster.host() : node(number).program());
  switch (fault.kind) {
    case 'kill_orchestrator':
      return did(send(serviceOf(cluster.host(), 'orchestrator'), 'SIGKILL'));
    case 'kill_host':
      await cluster.host().kill();
      did('done');
      await wait(fault.forMs);
      return cluster.startHost();
    case 'kill_worker':
      return did(send(serviceOf(programOf(fault.node), 'worker'), 'SIGKILL'));
    case 'kill_node': {
      const { program, start } = node(fault.node);
      await program().kill();
      did('done');
      await wait(fault.forMs);
      return start();
    }
    case 'kill_sandbox':
      return did(send(someSandbox(cluster), 'SIGKILL'));
    case 'stop_worker': {
      const pid = serviceOf(programOf(fault.node), 'worker');
      did(send(pid, 'SIGSTOP'));
      await wait(fault.forMs);
      send(pid, 'SIGCONT');
      return;
    }
    case 'swallow_node':
      return during(
        () => node(fault.node).network.swallow(),
        () => node(fault.node).network.heal(),
      );
    case 'cut_node':
      node(fault.node).network.cut();
      return did('done');
    case 'delay_node':
      return during(
        () => node(fault.node).network.delay(fault.byMs),
        () => node(fault.node).network.delay(0),
      );
    case 'swallow_client':
      return during(
        () => network.swallow(),
        () => network.heal(),
      );
    case 'cut_client':
      network.cut();
      return did('done');
    case 'delay_client':
      return during(
        () => network.delay(fault.byMs),
        () => network.delay(0),
      );
    case 'disk_full':
      if (disk === null) throw new Error('This run has no disk that can be filled');
      return during(disk.fill, disk.free);
    default:
      fault satisfies never;
  }

  async function during(begin: () => void | Promise<void>, end: () => void | Promise<void>) {
    await begin();
    did('begins');
    await wait('forMs' in fault ? fault.forMs : 0);
    await end();
    did('ends');
  }
}

/** Answers what happened, for the record. */
function send(pid: number | null, signal: NodeJS.Signals): string {
  if (pid === null) return 'finds nothing';
  try {
    process.kill(pid, signal);
    return 'done';
  } catch {
    return 'comes too late';
  }
}

/** A Deno process of any node, if one runs now. */
function someSandbox(cluster: Cluster): number | null {
  const programs = [cluster.host(), ...cluster.nodes.map(({ program }) => program())];
  for (const program of programs) {
    const worker = serviceOf(program, 'worker');
    const below = worker === null ? [] : descendantsOf(worker);
    const innermost = below.at(-1);
    if (innermost !== undefined) return innermost;
  }
  return null;
}
