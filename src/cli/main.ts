import { Command, InvalidArgumentError } from 'commander';
import { Value } from 'typebox/value';
import { packageVersion } from '../platform/version.ts';
import { HostName } from '../shared/model/hosting.ts';
import { approveCommand } from './commands/approve.ts';
import { backupCommand } from './commands/backup.ts';
import { hostCommand } from './commands/host.ts';
import { joinCommand } from './commands/join.ts';
import { linkCommand } from './commands/link.ts';
import { restoreCommand } from './commands/restore.ts';
import { runCommand } from './commands/run.ts';
import { statusCommand } from './commands/status.ts';
import { CommandError, describeFailure } from './failure.ts';
import { type ListenAddress, parseListen } from './hosting-choices.ts';

const data = [
  '--data <folder>',
  'the data folder (default: OTHERTHING_DATA, or where the platform keeps data)',
] as const;

const modelServer = [
  '--model-server <url>',
  'a model server of this machine besides those at the usual ports (Ollama, llama.cpp, LM Studio, vLLM); may be repeated',
  collectUrl,
] as const;
const modelChanges = ['--allow-model-changes', 'let admins of the workspaces fetch and remove models here'] as const;

const program = new Command('otherthing')
  .description('Pool the computers a team already owns and build AI flows that run on them')
  .version(packageVersion(), '-V, --version');

program
  .command('host')
  .description('start a host with its own worker, and print a link that opens it')
  .option(...data)
  .option('--port <number>', 'the port to listen on, 0 for any free one', readPort)
  .option('--no-worker', 'without a worker: this machine runs no jobs')
  .option(
    '--listen <address[:port]>',
    'let other machines reach it, always with TLS; 0.0.0.0 is every address',
    readListen,
  )
  .option('--name <name>', 'a name by which people call this host; may be repeated', collectName)
  .option('--findable', 'announce it on the local network (mDNS), so that others find its address there')
  .option('--tls-cert <file>', 'a certificate (PEM) instead of one of its own; read again when it changes')
  .option('--tls-key <file>', 'its key')
  .option('--trust-proxy <name>', 'it is reached as https://name through a proxy on this machine, which is believed')
  .option('--open', 'open the link in the browser')
  .option(...modelServer)
  .option(...modelChanges)
  .action(hostCommand);

program
  .command('join')
  .description('make this machine a node of a host')
  .argument(
    '[link or KEY@host[:port]]',
    "an invite link, or the workspace's share key and the address of its host; with --find the key alone",
  )
  .option('--fingerprint <sha256:…>', 'the certificate of the host, compared with what the host itself shows')
  .option('--as <name>', 'what you are called there, when you take up an invite (default: the name of this account)')
  .option('--find', 'look for hosts on the local network; with a key alone, join the one that is found')
  .option('--host <url>', 'only connect and print the share key of this node, to be added by an admin')
  .option('--name <name>', 'what the node is called (default: the name of this machine)')
  .option(...modelServer)
  .option(...modelChanges)
  .option(...data)
  .action(joinCommand);

program
  .command('run')
  .description('run a flow')
  .argument('<flow>', 'a flow file (.json), or the id of a flow')
  .option('--input <name=value>', 'an input: text, JSON, or @path of a file, folder or pattern', collect, [])
  .option('--follow', 'print its progress and, at the end, its outputs')
  .option('--workspace <name>', 'the workspace by name or id (default: the first)')
  .option(...data)
  .action(runCommand);

program
  .command('approve')
  .description('list what runs ask people, or approve one of them')
  .argument('[approval]', 'the id of an approval; without it they are listed')
  .option('--list', 'list those that are pending')
  .option('--reject', 'reject instead')
  .option('--note <text>', 'a note that goes with the decision')
  .option('--workspace <name>', 'the workspace by name or id (default: the first)')
  .option(...data)
  .action(approveCommand);

program
  .command('status')
  .description('what the host does now')
  .option(...data)
  .action(statusCommand);

program
  .command('link')
  .description('print a fresh sign-in link: single use, 10 minutes')
  .option(...data)
  .action(linkCommand);

program
  .command('backup')
  .description('copy everything that the host keeps, while it goes on; prints the folder')
  .option('--to <folder>', 'where to put it, for example on another disk (default: backups/ in the data folder)')
  .option(...data)
  .action(backupCommand);

program
  .command('restore')
  .description('put a backup into a data folder on which no host runs')
  .argument('<backup>', 'the folder of the backup')
  .option('--replace', 'set aside the database and content that are there')
  .option(...data)
  .action(restoreCommand);

try {
  await program.parseAsync();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

function readListen(text: string): ListenAddress {
  const read = parseListen(text);
  if (read === null) throw new InvalidArgumentError('Give an address of this machine, for example 0.0.0.0:4172.');
  return read;
}

function collectName(name: string, before: string[] = []): string[] {
  if (!Value.Check(HostName, name)) throw new InvalidArgumentError('A name is like box.example: no scheme, no port.');
  return [...before, name.toLowerCase()];
}

function collectUrl(value: string, before: string[] = []): string[] {
  if (!/^https?:\/\/[^/]+/.test(value)) throw new InvalidArgumentError('Give it as http://address:port.');
  return [...before, value];
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
