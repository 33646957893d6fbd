import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../support/chromium.ts';

let running: { child: ChildProcess; profile: string; browser: Browser } | undefined;

/** A Chromium that has just started sometimes never answers the first connection; another one does. */
const mostStarts = 3;
const answerMs = 10_000;

/** Starts Chromium and prints where its DevTools listen, for tests to connect to. */
export async function openBrowser(): Promise<void> {
  for (let starts = 1; running === undefined; starts += 1) {
    const started = await startChromium();
    try {
      running = { ...started, browser: await chromium.connectOverCDP(started.address, { timeout: answerMs }) };
      console.log(`seen: devtools ${started.address}`);
    } catch (error) {
      await end(started);
      if (starts === mostStarts) throw error;
    }
  }
}

async function startChromium(): Promise<{ child: ChildProcess; profile: string; address: string }> {
  const profile = mkdtempSync(join(tmpdir(), 'otherthing-stand-in-'));
  const args = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const child = spawn(chromiumPath(), [...args, ...chromiumArguments], { stdio: ['ignore', 'ignore', 'pipe'] });
  return { child, profile, address: await devToolsAddress(child) };
}

/** The one profile of this app, as Electron's default session. */
export function browserContext(): BrowserContext {
  const context = running?.browser.contexts()[0];
  if (context === undefined) throw new Error('A window was opened before the app was ready');
  return context;
}

export async function closeBrowser(): Promise<void> {
  if (running === undefined) return;
  const { child, profile } = running;
  running = undefined;
  await end({ child, profile });
}

async function end({ child, profile }: { child: ChildProcess; profile: string }): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

/** Chromium says it on stderr; half a minute is more than it takes on a busy machine. */
function devToolsAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string) => reject(new Error(`Chromium ${why}: ${said.slice(-2_000)}`));
    const timer = setTimeout(() => {
      child.kill();
      fail('did not start in time');
    }, 30_000);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`ended with ${code}`));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      const address = /DevTools listening on (ws:\/\/\S+)/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}
