import type { ServiceStanding } from '../../../shared/model/desktop.ts';

const names: Record<ServiceStanding['name'], string> = {
  orchestrator: 'The host in this app',
  worker: 'The node of this computer',
};

export const serviceName = ({ name }: Pick<ServiceStanding, 'name'>): string => names[name];

const times = (count: number) => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);

/** How a service stands, in one sentence without its name. */
export function serviceWords({ state, ended, reason }: ServiceStanding): string {
  const because = reason === null ? '' : ` (${reason})`;
  const again = ended === 0 ? '' : `, started again ${times(ended)}`;
  switch (state) {
    case 'ready':
      return `runs${again}`;
    case 'starting':
      return ended === 0 ? 'is starting' : `is being started again${because}`;
    case 'waiting':
      return `ended and is being started again${because}`;
    case 'failed':
      return `cannot start${reason === null ? '' : `: ${reason}`}`;
    case 'stopping':
    case 'stopped':
      return 'is ending';
  }
}

/** What has to be said above every page: a service that ended or cannot start, never the first start itself. */
export const isInTrouble = ({ state, ended }: ServiceStanding): boolean =>
  state === 'failed' || state === 'waiting' || (state === 'starting' && ended > 0);
