import type { AuditEntry } from '../../../shared/model/audit.ts';

/** The groups of acts that one can look at alone; the part of an action's name before its dot. */
export const auditGroups = [
  { value: 'all', label: 'Everything' },
  { value: 'member', label: 'Members' },
  { value: 'node', label: 'Nodes' },
  { value: 'flow', label: 'Flows' },
  { value: 'run', label: 'Runs' },
  { value: 'approval', label: 'Approvals' },
  { value: 'apiKey', label: 'Keys' },
  { value: 'secret', label: 'Secrets' },
  { value: 'workspace', label: 'Workspace' },
] as const;

/** "api key created" for `apiKey.created`: readable for every action, also one that this page does not know. */
export function actWords(action: string): string {
  return action
    .replaceAll('.', ' ')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace('api key', 'API key');
}

/** What of an act is worth a line: "flowName Receipts, number 12". */
export function detailWords({ details }: AuditEntry): string {
  return Object.entries(details)
    .map(([name, value]) => `${actWords(name)} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
