import type { FlowFile } from '../../shared/model/flow.ts';
import { sampleFlow } from './flow-parts.ts';

const messages = [
  'My parcel came with a broken lamp, and this is the second time. I want my money back.',
  'Do you also deliver to the islands, and how long does that take?',
  'Just wanted to say thank you, the shelf looks wonderful in our kitchen.',
  'The invoice of October was paid twice from my account. Please correct this.',
];

/**
 *     Messages ──► For each message ─────────────────────────────────────────────┐──► Sorted
 *                  └ Classify ► Switch ┬ complaint ► Draft an answer ► Approval ┬ Row ┘
 *                                      ├ question  ► Answer ────────────────────┤
 *                                      └ otherwise (kept as it is) ─────────────┘
 */
export function messagesFlow(model: string): FlowFile {
  return sampleFlow(
    'Sort incoming messages',
    'Puts messages under labels, drafts answers, and asks people before an answer to a complaint counts.',
    [
      {
        id: 'incoming',
        type: 'input',
        name: 'Messages',
        at: [40, 216],
        config: { name: 'Messages', type: 'list<text>', value: messages },
      },
      { id: 'message', type: 'map', name: 'For each message', at: [320, 40], size: [1440, 464] },
      {
        id: 'label',
        type: 'classify',
        name: 'Classify',
        parent: 'message',
        at: [40, 168],
        config: {
          model,
          labels: [
            { label: 'complaint', means: 'Something went wrong, and they want it put right' },
            { label: 'question', means: 'They want to know something' },
            { label: 'other', means: 'Thanks, news, everything else' },
          ],
        },
      },
      {
        id: 'way',
        type: 'switch',
        name: 'Switch',
        parent: 'message',
        at: [320, 168],
        config: {
          cases: [
            { name: 'complaint', is: 'is', value: 'complaint' },
            { name: 'question', is: 'is', value: 'question' },
          ],
        },
      },
      {
        id: 'draft',
        type: 'chat',
        name: 'Draft an answer',
        parent: 'message',
        at: [592, 80],
        config: writing(model, 'Apologise for what went wrong, and say what happens next. Promise no sum.'),
      },
      {
        id: 'answer',
        type: 'approval',
        name: 'Approval',
        parent: 'message',
        at: [896, 80],
        config: { question: 'Is this the answer to the complaint?', amount: 3, unit: 'days', fallback: 'reject' },
      },
      {
        id: 'reply',
        type: 'chat',
        name: 'Answer',
        parent: 'message',
        at: [592, 272],
        config: writing(model, 'Answer the question if you can, else say that somebody will call.'),
      },
      { id: 'row', type: 'merge', name: 'Row', parent: 'message', at: [1216, 200], config: { mode: 'object' } },
      { id: 'sorted', type: 'output', name: 'Sorted', at: [1840, 216], config: { name: 'sorted', view: 'table' } },
    ],
    [
      'incoming.value > message.items',
      'message.item > label.text',
      'label.label > way.value',
      'message.item > draft.message',
      'way.complaint > draft.kind',
      'draft.text > answer.value',
      'message.item > reply.message',
      'way.question > reply.kind',
      'message.item > row.values',
      'label.label > row.values',
      'answer.approved > row.values',
      'reply.text > row.values',
      'row.value > message.result',
      'message.results > sorted.value',
    ],
  );
}

const writing = (model: string, task: string) => ({
  model,
  system: `You answer messages to a small furniture shop, friendly and in three sentences at most. ${task}`,
  prompt: 'A {{ kind }}:\n\n{{ message }}',
  inputs: [{ name: 'message' }, { name: 'kind' }],
});
