import { expect, test } from 'vitest';
import type { Approval } from '../../shared/model/approval.ts';
import { deadlineWords, endWords, mayDecide } from './approval-words.ts';

const now = new Date(2026, 2, 12, 9, 0).getTime();
const asked = (more: Partial<Approval> = {}): Approval =>
  ({
    deciders: { role: 'member' },
    deadline: new Date(2026, 2, 14, 14, 0).getTime(),
    fallback: 'reject',
    state: 'pending',
    decidedBy: null,
    ...more,
  }) as Approval;

test('F8: the deadline and what happens then are said in words', () => {
  expect(deadlineWords(asked(), now)).toBe('Without an answer by Saturday at 14:00 it counts as rejected.');
  const soon = asked({ deadline: new Date(2026, 2, 12, 18, 30).getTime(), fallback: 'fail' });
  expect(deadlineWords(soon, now)).toBe('Without an answer by today at 18:30 the step fails.');
});

test('F8: whoever may decide is offered it, and nobody else', () => {
  expect(mayDecide(asked(), 'member', 'me')).toBe(true);
  expect(mayDecide(asked(), 'viewer', 'me')).toBe(false);
  expect(mayDecide(asked({ deciders: { role: 'admin' } }), 'member', 'me')).toBe(false);
  expect(mayDecide(asked({ deciders: { userIds: ['you'] } }), 'owner', 'me')).toBe(false);
  expect(mayDecide(asked({ deciders: { userIds: ['me'] } }), 'member', 'me')).toBe(true);
});

test('F8: how it ended names who did it, or that nobody did', () => {
  expect(endWords(asked({ state: 'approved', decidedBy: 'Mira' }))).toBe('Approved by Mira');
  expect(endWords(asked({ state: 'expired' }))).toBe('Nobody answered in time; it counts as rejected');
});
