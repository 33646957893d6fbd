import type { Capabilities } from '../../shared/model/node.ts';
import { detectCapabilities } from './capabilities.ts';
import { countOthers } from './gpus.ts';
import { watchHardware } from './watch.ts';

/** What this machine has now. */
export interface Machine {
  capabilities(): Capabilities;
  stop(): void;
}

export interface MachineOptions {
  nodeId: string;
  /** What its owner calls it, where they said so. */
  name?: string | undefined;
  /** GPU memory in MiB that jobs have reserved, in the order of the GPUs. */
  reserved(): readonly number[];
  onChanged(): void;
}

/** Looks at the machine now, and again while it runs. */
export async function openMachine({ nodeId, name, reserved, onChanged }: MachineOptions): Promise<Machine> {
  let known: Capabilities | undefined;
  const detect = async (): Promise<Capabilities> => {
    const found = await detectCapabilities(nodeId);
    const gpus = countOthers(found.gpus ?? [], known?.gpus ?? [], reserved());
    return { ...found, ...(name === undefined ? {} : { name }), gpus };
  };
  known = await detect();
  const stop = watchHardware(
    () => known ?? { node_id: nodeId },
    detect,
    (found) => {
      known = found;
      onChanged();
    },
  );
  return { capabilities: () => known ?? { node_id: nodeId }, stop };
}
