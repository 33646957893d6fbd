import { createContext, use, useMemo } from 'react';
import { type Machines, useMachines as useLiveMachines } from '../../../app/machines.ts';

const MachinesContext = createContext<Machines>({ all: [], get: () => undefined });
export const MachinesProvider = MachinesContext.Provider;

/** The nodes of this workspace, asked for once for all steps of the canvas. */
export const useMachines = (): Machines => use(MachinesContext);

/** The nodes as the canvas shows them: the same object until a name, a colour or a presence changes, however busy they are. */
export function useSteadyMachines(): Machines {
  const machines = useLiveMachines();
  const shown = JSON.stringify(machines.all);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown says all that matters
  return useMemo(() => machines, [shown]);
}
