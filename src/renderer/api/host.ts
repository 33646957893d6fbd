import { type Client, createClient, routeUrl } from '../../shared/api/client.ts';
import { routes } from '../../shared/api/routes.ts';
import { thisComputer } from '../../shared/model/remote-host.ts';
import { type Desktop, findDesktop } from './desktop.ts';

/** How this page reaches its host. */
export interface Host {
  client: Client;
  /** Origin of REST and sockets. */
  origin: string;
  /** An address that an <img> or a link can load, and what gives it back when it is no longer shown. */
  fileUrl(fileId: string): Promise<{ url: string; release: () => void }>;
  /** The app around this page, or null in a browser. */
  desktop: Desktop | null;
  /** Which host the window shows: the one of this computer, or the id of another. */
  choice: string;
}

/** In the desktop window the bridge names host and token; in a browser it is the page's own origin, with the session cookie. */
export async function findHost(scope: Window): Promise<Host> {
  const desktop = findDesktop(scope);
  if (desktop === null) {
    const { origin } = scope.location;
    const fileUrl = async (fileId: string) => ({ url: contentUrl(origin, fileId), release: () => {} });
    return { client: createClient({ baseUrl: origin }), origin, fileUrl, desktop: null, choice: thisComputer };
  }
  const { hostUrl, bearer, choice } = await desktop.call('host');
  const fileUrl = (fileId: string) => loadFile(contentUrl(hostUrl, fileId), bearer);
  return {
    client: createClient({ baseUrl: hostUrl, token: bearer }),
    origin: hostUrl,
    fileUrl,
    desktop,
    choice,
  };
}

const contentUrl = (origin: string, fileId: string) => origin + routeUrl(routes.downloadFile.path, { id: fileId });

/** A window on another origin sends no cookie, so the content is loaded with the token and shown from memory. */
async function loadFile(address: string, bearer: string) {
  const response = await fetch(address, { headers: { authorization: `Bearer ${bearer}` }, credentials: 'omit' });
  if (!response.ok) throw new Error(`The host answered ${response.status}`);
  const url = URL.createObjectURL(await response.blob());
  return { url, release: () => URL.revokeObjectURL(url) };
}

/** The address of a socket of the host, with a fresh single-use ticket. */
export async function socketUrl(host: Pick<Host, 'client' | 'origin'>, path: string): Promise<string> {
  const { ticket } = await host.client.call('createTicket', {});
  return `${host.origin.replace(/^http/, 'ws')}${path}?ticket=${encodeURIComponent(ticket)}`;
}
