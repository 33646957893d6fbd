import { dataFolder } from '../../platform/config.ts';
import { readHostFile } from '../../platform/host-file.ts';
import { systemClock } from '../../shared/clock.ts';
import { CommandError } from '../failure.ts';
import { restoreBackup } from '../restore-backup.ts';

/** `otherthing restore`: puts a backup into a data folder on which no host runs. */
export async function restoreCommand(backup: string, options: { data?: string; replace?: boolean }): Promise<void> {
  const dataDir = dataFolder(options.data);
  if ((await readHostFile(dataDir)) !== null) throw new CommandError(`A host runs on ${dataDir}. Stop it first.`);
  const replace = options.replace === true;
  const { manifest, aside } = await restoreBackup({ from: backup, dataDir, replace, now: systemClock.now() });
  console.log(`${dataDir} is as it was on ${new Date(manifest.createdAt).toISOString()}.`);
  if (aside !== null) console.log(`What was there before is in ${aside}.`);
  console.log(`Start it with: otherthing host --data "${dataDir}"`);
}
