import type { RouteContract } from '../../shared/api/route.ts';
import { routes } from '../../shared/api/routes.ts';
import { errorCatalogue } from '../../shared/errors.ts';
import { apiPrefix } from './bind.ts';

/** The API as a page for people, at `/api/docs`: no script, made once from the contracts. */
export function apiPage(version: string): string {
  const contracts = Object.values(routes) as RouteContract[];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>OtherThing API</title>
<style>${style}</style>
</head>
<body>
<h1>OtherThing API</h1>
<p>Version ${plain(version)}. Programs send <code>Authorization: Bearer …</code> with a token of yours. Schemas of every body and
answer are in <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<h2>Endpoints</h2>
<table><thead><tr><th>Endpoint</th><th>What it does</th><th>Who may</th></tr></thead>
<tbody>${contracts.map(row).join('')}</tbody></table>
<h2>Errors</h2>
<p>Problem documents (RFC 9457) with a stable <code>code</code>.</p>
<table><thead><tr><th>Code</th><th>Status</th><th>What happened, and what to do</th></tr></thead>
<tbody>${Object.entries(errorCatalogue).map(errorRow).join('')}</tbody></table>
</body>
</html>
`;
}

function row({ method, path, summary, access }: RouteContract): string {
  return `<tr><td><code>${method} ${plain(apiPrefix + path)}</code></td><td>${plain(summary)}</td><td>${plain(access)}</td></tr>\n`;
}

function errorRow([code, { status, title, next }]: [string, { status: number; title: string; next: string }]): string {
  return `<tr><td><code>${code}</code></td><td>${status}</td><td>${plain(title)}. ${plain(next)}</td></tr>\n`;
}

function plain(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .35rem .75rem .35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #8884; }
`;
