import { type Static, Type } from 'typebox';
import { Id, Sha256, Timestamp } from './values.ts';

/** What lies in a backup; database, blobs and collections are called as in a data folder. The manifest is written last: without it a folder is none. */
export const backupFiles = {
  manifest: 'manifest.json',
  database: 'otherthing.db',
  blobs: 'blobs',
  vectors: 'vectors',
} as const;

const Copy = { size: Type.Integer({ minimum: 0 }), sha256: Sha256 };

/**
 * What a backup holds. It is a folder:
 *
 *     manifest.json     this
 *     otherthing.db     a copy of the database as it was at one moment
 *     blobs/ab/abcd…    every blob that the copy names; each name is the SHA-256 of the content
 *     vectors/ws-….db   the collections of each workspace that has some
 */
export const BackupManifest = Type.Object(
  {
    format: Type.Literal('otherthing.backup/1'),
    createdAt: Timestamp,
    hostId: Id,
    /** Version of the program that wrote it. */
    version: Type.String(),
    /** Schema of the database. */
    schema: Type.Integer({ minimum: 1 }),
    database: Type.Object(Copy),
    blobs: Type.Object({ count: Type.Integer({ minimum: 0 }), bytes: Type.Integer({ minimum: 0 }) }),
    /** Left out by versions that did not copy them. */
    vectors: Type.Optional(Type.Array(Type.Object({ workspaceId: Id, ...Copy }))),
  },
  { $id: 'BackupManifest' },
);
export type BackupManifest = Static<typeof BackupManifest>;

export const Backup = Type.Object(
  {
    name: Type.String(),
    path: Type.String({ description: 'The folder on the machine of the host' }),
    size: Type.Integer({ minimum: 0, description: 'Bytes of database, blobs and collections' }),
    manifest: BackupManifest,
  },
  { $id: 'Backup' },
);
export type Backup = Static<typeof Backup>;
