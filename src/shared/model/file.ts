import { type Static, Type } from 'typebox';
import { FileValue, Id, Timestamp } from './values.ts';

export const StoredFile = Type.Object(
  { ...FileValue.properties, workspaceId: Id, createdAt: Timestamp },
  { $id: 'StoredFile' },
);
export type StoredFile = Static<typeof StoredFile>;
