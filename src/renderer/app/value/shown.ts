/** How a value is best shown. Pure. */
import type { FileValue } from '../../../shared/model/values.ts';

export type Shown =
  | { kind: 'nothing' }
  | { kind: 'text'; text: string }
  | { kind: 'image'; files: readonly FileValue[] }
  | { kind: 'files'; files: readonly FileValue[] }
  | { kind: 'table'; columns: readonly string[]; rows: readonly (readonly unknown[])[]; total: number }
  | { kind: 'list'; texts: readonly string[]; total: number }
  /** Kept apart for its size, bytes. */
  | { kind: 'blob'; size: number }
  | { kind: 'json'; text: string };

const mostRows = 200;
const mostColumns = 12;

export function shownAs(value: unknown): Shown {
  if (value === undefined || value === null || value === '') return { kind: 'nothing' };
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (typeof value === 'number' || typeof value === 'boolean') return { kind: 'text', text: String(value) };
  if (isFile(value)) return isImage(value) ? { kind: 'image', files: [value] } : { kind: 'files', files: [value] };
  if (isBlob(value)) return { kind: 'blob', size: Number(value.size ?? 0) };
  if (!Array.isArray(value)) return { kind: 'json', text: JSON.stringify(value, null, 2) };
  if (value.length === 0) return { kind: 'nothing' };
  if (value.every(isFile))
    return value.every(isImage) ? { kind: 'image', files: value } : { kind: 'files', files: value };
  if (value.every(isRow)) return tableOf(value);
  if (value.every((item) => typeof item === 'string' || typeof item === 'number')) {
    return { kind: 'list', texts: value.slice(0, mostRows).map(String), total: value.length };
  }
  return { kind: 'json', text: JSON.stringify(value, null, 2) };
}

type Row = Record<string, unknown>;

function tableOf(rows: readonly Row[]): Shown {
  const columns = [...new Set(rows.slice(0, mostRows).flatMap((row) => Object.keys(row)))].slice(0, mostColumns);
  const shown = rows.slice(0, mostRows).map((row) => columns.map((column) => row[column]));
  return { kind: 'table', columns, rows: shown, total: rows.length };
}

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isFile(value);

const isBlob = (value: unknown): value is { $blob: string; size?: unknown } =>
  typeof value === 'object' && value !== null && '$blob' in value && typeof value.$blob === 'string';

export const isFile = (value: unknown): value is FileValue =>
  typeof value === 'object' && value !== null && 'fileId' in value && 'mime' in value && 'name' in value;

export const isImage = (file: Pick<FileValue, 'mime'>): boolean =>
  /^image\/(png|jpe?g|webp|gif|avif|bmp)$/.test(file.mime);

/** A value in a cell or a row: short, on one line. */
export function inCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return isFile(value) ? value.name : JSON.stringify(value);
  return String(value);
}

/** Whether a column holds figures, which stand at the right. */
export const isFigure = (value: unknown): boolean => typeof value === 'number';
