import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { latestYaml } from '../../scripts/package/latest.ts';

/** A published version. What is served may differ from what was released. */
export interface TestRelease {
  version: string;
  notes?: string;
  rollout?: number;
  /** Served instead of the file. */
  served?: Buffer;
  /** latest*.yml as it is served, instead of the right one. */
  yaml?: string;
}

/** How the server behaves, until told otherwise. */
export type Behaviour = 'well' | 'cut' | 'silent-file' | 'silent';

export interface ReleaseServer {
  /** `host:port`, as electron-updater's GitHub provider takes it. */
  host: string;
  /** Paths that were asked for, without their query. */
  asked: string[];
  releases: TestRelease[];
  behaviour: Behaviour;
  stop(): Promise<void>;
}

/** The content of a version's file; large enough to arrive in pieces. */
export function contentOf(version: string): Buffer {
  return Buffer.concat([Buffer.from(`OtherThing ${version}\n`), Buffer.alloc(300_000, version)]);
}

/** Stands for GitHub's releases of example/otherthing: feed, latest release, files behind a redirect. The first release is the newest. */
export async function startReleaseServer(): Promise<ReleaseServer> {
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const path = decodeURI((request.url ?? '').split('?')[0] ?? '');
    self.asked.push(path);
    open.add(response);
    response.once('close', () => open.delete(response));
    if (self.behaviour !== 'silent') answer(self, path, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: ReleaseServer = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    releases: [],
    behaviour: 'well',
    async stop() {
      for (const response of open) response.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}

function answer(server: ReleaseServer, path: string, response: ServerResponse): void {
  const { releases } = server;
  const stable = releases.find(({ version }) => !version.includes('-'));
  if (path === '/example/otherthing/releases.atom') send(response, feed(releases));
  else if ((path.startsWith('/api/v3/') || path.endsWith('/releases/latest')) && stable !== undefined)
    send(response, JSON.stringify({ tag_name: `v${stable.version}` }));
  else answerFile(server, path, response);
}

function answerFile({ releases, behaviour }: ReleaseServer, path: string, response: ServerResponse): void {
  const pattern = /^\/(cdn|example\/otherthing\/releases\/download)\/v([^/]+)\/([^/]+)$/;
  const [, kind, tag, name = ''] = pattern.exec(path) ?? [];
  const release = releases.find(({ version }) => version === tag);
  if (release === undefined) missing(response);
  else if (name.endsWith('.yml') && !name.startsWith(channelOf(release.version))) missing(response);
  else if (name.endsWith('.yml')) send(response, yamlOf(release, name));
  else if (kind !== 'cdn') response.writeHead(302, { location: `/cdn/v${tag}/${name}` }).end();
  else sendFile(behaviour, response, release.served ?? contentOf(release.version));
}

const channelOf = (version: string) => (version.includes('-') ? 'beta' : 'latest');

function yamlOf(release: TestRelease, name: string): string {
  if (release.yaml !== undefined) return release.yaml;
  const content = contentOf(release.version);
  const file = name.includes('-linux') ? `OtherThing-${release.version}-x64.AppImage` : 'OtherThing-Node-Setup.exe';
  const sha512 = createHash('sha512').update(content).digest('base64');
  const { version, rollout } = release;
  const files = [{ name: file, sha512, size: content.length }];
  return latestYaml({
    version,
    files,
    releaseDate: '2026-11-23T08:00:00.000Z',
    ...(rollout === undefined ? {} : { rollout }),
  });
}

function feed(releases: readonly TestRelease[]): string {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const entries = releases.map(
    ({ version, notes = '' }) =>
      `<entry><link rel="alternate" href="https://releases.example/example/otherthing/releases/tag/v${version}"/><title>v${version}</title><content type="html">${escaped(notes)}</content></entry>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">${entries.join('')}</feed>`;
}

function send(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-length': Buffer.byteLength(text) }).end(text);
}

function missing(response: ServerResponse): void {
  response.writeHead(404).end();
}

function sendFile(behaviour: Behaviour, response: ServerResponse, content: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': content.length });
  if (behaviour === 'well') response.end(content);
  else
    response.write(content.subarray(0, content.length / 2), () => {
      if (behaviour === 'cut') response.destroy();
    });
}
