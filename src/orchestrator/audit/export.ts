/** The audit log as text that other programs read: JSON Lines, or CSV (RFC 4180). Pure. */
import type { AuditEntry } from '../../shared/model/audit.ts';

export type AuditFormat = 'jsonl' | 'csv';

export const auditFormats: Readonly<Record<AuditFormat, { mime: string; ending: string }>> = {
  jsonl: { mime: 'application/jsonl; charset=utf-8', ending: 'jsonl' },
  csv: { mime: 'text/csv; charset=utf-8; header=present', ending: 'csv' },
};

const columns = ['id', 'time', 'workspace', 'by', 'user', 'name', 'from', 'action', 'target', 'details'];

/** One piece of text for each entry; CSV begins with the names of its columns. */
export async function* auditText(entries: AsyncIterable<AuditEntry>, format: AuditFormat): AsyncIterable<string> {
  if (format === 'csv') yield csvLine(columns);
  for await (const entry of entries) yield format === 'csv' ? csvLine(cellsOf(entry)) : `${JSON.stringify(entry)}\n`;
}

function cellsOf({ id, at, workspaceId, actor, from, action, target, details }: AuditEntry): (string | null)[] {
  const time = new Date(at).toISOString();
  return [id, time, workspaceId, actor.by, actor.userId, actor.name, from, action, target, JSON.stringify(details)];
}

const csvLine = (cells: readonly (string | null)[]) => `${cells.map(csvCell).join(',')}\r\n`;

/**
 * A spreadsheet takes a cell that begins with one of = + - @ (or a tab or a line break before them) for a formula, so such a
 * cell is written as text: names of members are typed by people.
 */
export function csvCell(value: string | null): string {
  const text = value ?? '';
  const harmless = /^[\s]*[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
