/** Files, and the blobs that nodes fetch and deliver. */
import { Type } from 'typebox';
import { StoredFile } from '../../model/file.ts';
import { Sha256 } from '../../model/values.ts';
import { Page, PageOf, route, WithId } from '../route.ts';

export const filesRoutes = {
  uploadFile: route('uploadFile', {
    method: 'POST',
    path: '/workspaces/:id/files',
    access: 'member',
    resource: 'workspace',
    summary: 'Upload a file: the body is its content',
    params: WithId,
    query: Type.Object({ name: Type.String({ minLength: 1, maxLength: 255 }) }),
    raw: true,
    response: StoredFile,
    status: 201,
  }),
  listFiles: route('listFiles', {
    method: 'GET',
    path: '/workspaces/:id/files',
    access: 'viewer',
    resource: 'workspace',
    summary: 'Its files, the latest first',
    params: WithId,
    query: PageOf,
    response: Page(StoredFile),
  }),
  downloadFile: route('downloadFile', {
    method: 'GET',
    path: '/files/:id/content',
    access: 'viewer',
    resource: 'file',
    summary: 'The content of a file; takes Range',
    params: WithId,
    raw: true,
    status: 200,
  }),
  getBlob: route('getBlob', {
    method: 'GET',
    path: '/blobs/:sha256',
    access: 'ticket',
    summary: "An input of a node's attempt, with the ticket of its assignment; takes Range",
    params: Type.Object({ sha256: Sha256 }),
    query: Type.Object({ ticket: Type.String({ maxLength: 200 }) }),
    raw: true,
    status: 200,
  }),
  putBlob: route('putBlob', {
    method: 'PUT',
    path: '/blobs/:sha256',
    access: 'ticket',
    summary: "A large result of a node's attempt, with the ticket of its assignment",
    params: Type.Object({ sha256: Sha256 }),
    query: Type.Object({ ticket: Type.String({ maxLength: 200 }) }),
    raw: true,
    status: 204,
  }),
} as const;
