#!/usr/bin/env node
// The command line. It needs Node 24; on an older one it goes on with the Node 24 that npm installed beside it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, 'dist', 'cli', 'main.js');
const major = Number(process.versions.node.split('.')[0]);

if (!existsSync(program)) fail('OtherThing is not built yet. Run "npm run build" in its folder.');
if (major >= 24) await import(program);
else runOn(findNode24());

/** @returns {string} */
function findNode24() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(root, 'node_modules', 'node', 'bin', name);
  if (!existsSync(path)) fail(`OtherThing needs Node 24 or newer; this is ${process.version}.`);
  return path;
}

/** @param {string} node */
function runOn(node) {
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; only a signal meant for this process alone has to be handed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exit(1);
}
