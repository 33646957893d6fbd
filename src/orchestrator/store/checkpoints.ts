import { type Connection, openConnection } from './connection.ts';

const lookEvery = 1_000;
/** Pages in the log that are worth a checkpoint: 16 MiB. */
const enoughPages = 4_096;
/** Pages of the log at which the writer itself makes a checkpoint, because the other way does not keep up: 64 MiB. */
const mostPages = 16_384;

/**
 * Brings what is in the log into the database beside the commits, on a connection of its own, so that no commit has to
 * wait for it. Returns how to stop.
 */
export async function keepCheckpointing(path: string, writer: Connection): Promise<() => Promise<void>> {
  await writer.exec(`PRAGMA wal_autocheckpoint=${mostPages}`);
  const connection = await openConnection(path, 'write');
  const look = async () => {
    const [state] = await connection.all('PRAGMA wal_checkpoint(NOOP)');
    const waiting = Number(state?.['log'] ?? 0) - Number(state?.['checkpointed'] ?? 0);
    if (waiting >= enoughPages) await connection.exec('PRAGMA wal_checkpoint(PASSIVE)');
  };
  let working: Promise<void> | null = null;
  const timer = setInterval(() => {
    // If it fails (a full disk, for one) the log keeps everything, and the next look tries again.
    working ??= look()
      .catch(() => undefined)
      .finally(() => {
        working = null;
      });
  }, lookEvery);
  return async () => {
    clearInterval(timer);
    await working;
    await connection.close();
  };
}
