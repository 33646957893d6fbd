import { builtinModules } from 'node:module';

/**
 * An import map that turns every Node built-in into a module that refuses, so that a script has neither worker threads
 * (which would get the globals back that the runner removed) nor anything else of Node's.
 */
export function refusingImportMap(): string {
  const names = new Set(builtinModules.map((name) => name.replace(/^node:/, '')));
  for (const name of ['sea', 'sqlite', 'test', 'test/reporters', 'wasi', 'inspector/promises', 'quic', 'ffi'])
    names.add(name);
  const refused = (name: string) =>
    `data:text/javascript,${encodeURIComponent(`throw new Error(${JSON.stringify(refusal(name))})`)}`;
  const imports = [...names].flatMap((name) => [
    [name, refused(name)],
    [`node:${name}`, refused(name)],
  ]);
  return JSON.stringify({ imports: Object.fromEntries(imports) });
}

function refusal(name: string): string {
  return `A script cannot import "${name}"`;
}
