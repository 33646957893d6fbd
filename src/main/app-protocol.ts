import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { isOwnPage } from './own-page.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
};

/**
 * Answers `app://otherthing/…` with the built interface in `folder`. An address without a file name is a page of the
 * interface, which routes by itself. `hostUrl` is the origin that the page may talk to, asked for at every page.
 */
export function serveInterface(
  folder: string,
  hostUrl: () => string | Promise<string>,
): (request: Request) => Promise<Response> {
  return async ({ url, method }) => {
    if (method !== 'GET' || !isOwnPage(url)) return new Response(null, { status: 403 });
    const file = fileOf(folder, url);
    if (file === null) return new Response(null, { status: 404 });
    const content = await readFile(file).catch(() => null);
    if (content === null) return new Response(null, { status: 404 });
    return new Response(content, { headers: headers(file, await hostUrl()) });
  };
}

/** The file below the folder that an address means, or null where it leads out of it (S11) or to a type that is none of ours. */
export function fileOf(folder: string, url: string): string | null {
  const path = decodePath(new URL(url).pathname);
  if (path === null || path.includes('\0') || path.includes('\\')) return null;
  const wanted = extname(path) === '' ? 'index.html' : path;
  const file = resolve(folder, `.${sep}${wanted}`);
  return file.startsWith(resolve(folder) + sep) && extname(file) in types ? file : null;
}

function decodePath(path: string): string | null {
  try {
    return join('/', decodeURIComponent(path));
  } catch {
    return null;
  }
}

function headers(file: string, hostUrl: string): Record<string, string> {
  return {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': contentSecurityPolicy(hostUrl),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  };
}

/** No script but our files, and no connection but to our host. Libraries of the interface put `<style>` into the page. */
export function contentSecurityPolicy(hostUrl: string): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    "script-src-attr 'none'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ${hostUrl} ${hostUrl.replace(/^http/, 'ws')}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
