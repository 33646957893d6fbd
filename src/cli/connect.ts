import { dataFolder } from '../platform/config.ts';
import { type HostFile, readHostFile } from '../platform/host-file.ts';
import { type Client, createClient } from '../shared/api/client.ts';
import { CommandError } from './failure.ts';

export interface Connection {
  host: HostFile;
  client: Client;
}

/** Finds the host that runs on this machine with this data folder; a CommandError says what to do where there is none. */
export async function connect(data: string | undefined): Promise<Connection> {
  const folder = dataFolder(data);
  const host = await readHostFile(folder);
  if (host === null) {
    throw new CommandError(
      `No host runs on ${folder}. Start one with "otherthing host", or name its folder with --data.`,
    );
  }
  return { host, client: createClient({ baseUrl: host.url, token: host.bearer }) };
}

/** The workspace named or with this id; the first one when none is asked for. */
export async function findWorkspace(client: Client, asked: string | undefined): Promise<{ id: string; name: string }> {
  const { items } = await client.call('listWorkspaces', {});
  const found = items.find(({ id, name }) => asked === undefined || id === asked || name === asked);
  if (found !== undefined) return found;
  const names = items.map(({ name }) => `"${name}"`).join(', ');
  throw new CommandError(`There is no workspace ${asked ?? ''}. There are: ${names}`);
}
