import { Type } from 'typebox';
import type { ApprovalDeciders, ApprovalFallback } from '../../model/approval.ts';
import { approvalFallbacks, approvalLimits } from '../../model/approval.ts';
import { Id } from '../../model/values.ts';
import { durationMs, durationUnits, durationWords } from '../durations.ts';
import { defineHold, StepFailure } from '../step-type.ts';

const whoChoices = [
  { value: 'member', title: 'Any member' },
  { value: 'admin', title: 'Admins and owners' },
  { value: 'owner', title: 'Owners' },
  { value: 'people', title: 'Chosen members' },
];
const fallbackChoices = [
  { value: 'reject', title: 'It counts as rejected' },
  { value: 'approve', title: 'It counts as approved' },
  { value: 'fail', title: 'The step fails' },
];

const config = Type.Object({
  question: Type.String({
    title: 'Question',
    description: 'What people decide; write {{ to use a value',
    widget: 'template',
    default: 'Go on?',
    minLength: 1,
    maxLength: approvalLimits.question,
  }),
  who: Type.String({
    title: 'Who may decide',
    widget: 'select',
    default: 'member',
    maxLength: 10,
    choices: whoChoices,
  }),
  people: Type.Array(Id, {
    title: 'Members',
    widget: 'members',
    maxItems: 50,
    when: { field: 'who', is: ['people'] },
  }),
  amount: Type.Number({ title: 'Time to decide', widget: 'number', default: 3, minimum: 0, maximum: 1_000_000 }),
  unit: Type.String({ title: 'Unit', widget: 'select', default: 'days', maxLength: 10, choices: durationUnits }),
  fallback: Type.String({
    title: 'When nobody decides in time',
    widget: 'select',
    default: 'reject',
    maxLength: 10,
    choices: fallbackChoices,
  }),
});

/** Asks people, and goes on one way or the other; the rest of the run goes on meanwhile (F8). */
export const approval = defineHold({
  type: 'approval',
  name: 'Approval',
  description: 'Asks people, and waits until somebody has approved or rejected.',
  icon: 'user-check',
  category: 'logic',
  config,
  defaults: { question: 'Go on?', who: 'member', people: [], amount: 3, unit: 'days', fallback: 'reject' },
  inputs: [{ name: 'value', title: 'Value', type: 'any', description: 'What there is to decide on; it is passed on' }],
  outputs: (_config, wired) => [
    { name: 'approved', title: 'Approved', type: wired('value') },
    { name: 'rejected', title: 'Rejected', type: wired('value') },
    { name: 'note', title: 'Note', type: 'text' },
  ],
  executes: 'hold',
  sideEffects: true,
  size: { width: 208 },
  describe: ({ who, amount, unit }) =>
    `${whoChoices.find(({ value }) => value === who)?.title ?? who}, ${durationWords(amount, unit)}`,
  summary: (outputs) => ('approved' in outputs ? 'Approved' : 'Rejected'),
  problems: ({ who, people }) =>
    who === 'people' && people.length === 0 ? [{ field: 'people', message: 'Choose who may decide' }] : [],
  hold({ question, who, people, amount, unit, fallback }, { value }) {
    if (question.trim() === '')
      throw new StepFailure('question_empty', 'There is no question to ask.', 'Write one in the settings.');
    return {
      kind: 'approval',
      question,
      shown: value ?? null,
      deciders: decidersOf(who, people),
      forMs: durationMs(amount, unit),
      fallback: approvalFallbacks.find((one): one is ApprovalFallback => one === fallback) ?? 'reject',
    };
  },
  release(release, { value = null }) {
    if (release.by !== 'decision') return {};
    return { [release.approved ? 'approved' : 'rejected']: value, note: release.note };
  },
});

function decidersOf(who: string, people: readonly string[]): ApprovalDeciders {
  if (who === 'people' && people.length > 0) return { userIds: [...people] };
  return { role: who === 'admin' || who === 'owner' ? who : 'member' };
}
