import { expect, test } from 'vitest';
import type { AuditEntry } from '../../../shared/model/audit.ts';
import { actWords, detailWords } from './audit-words.ts';

test('S13: acts read as words', () => {
  expect(actWords('apiKey.created')).toBe('API key created');
  expect(actWords('flow.versionNamed')).toBe('flow version named');
});

test('S13: details read as words, whatever they are', () => {
  const entry = { details: { flowName: 'Receipts', number: 12 } } as unknown as AuditEntry;
  expect(detailWords(entry)).toBe('flow name Receipts, number 12');
});
