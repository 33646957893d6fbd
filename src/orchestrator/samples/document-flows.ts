import type { FlowFile } from '../../shared/model/flow.ts';
import type { FileValue } from '../../shared/model/values.ts';
import { sampleFlow } from './flow-parts.ts';

/**
 *     Document ──► Document text ──► Chunk ──► For each part ──► Summarise ──► Summary
 *                                              └ Shorten ┘
 */
export function summaryFlow(document: FileValue | null, model: string): FlowFile {
  return sampleFlow(
    'Summarise a document',
    'Reads a PDF, DOCX, HTML or text file, shortens it part by part, and writes one summary of all.',
    [
      {
        id: 'document',
        type: 'input',
        name: 'Document',
        at: [40, 136],
        config: { name: 'Document', type: 'file', ...(document === null ? {} : { value: document }) },
      },
      { id: 'read', type: 'document_text', name: 'Document text', at: [320, 136] },
      {
        id: 'cut',
        type: 'chunk',
        name: 'Chunk',
        at: [600, 136],
        config: { by: 'paragraphs', size: 6000, overlap: 0 },
      },
      { id: 'each', type: 'map', name: 'For each part', at: [880, 40], size: [336, 240], config: { concurrency: 4 } },
      {
        id: 'shorten',
        type: 'chat',
        name: 'Shorten',
        parent: 'each',
        at: [48, 96],
        config: {
          model,
          system: 'You shorten texts. Keep every fact that matters, and invent none.',
          prompt: 'Shorten this part of a document to a few sentences:\n\n{{ part }}',
          inputs: [{ name: 'part' }],
        },
      },
      {
        id: 'summarise',
        type: 'chat',
        name: 'Summarise',
        at: [1296, 128],
        config: {
          model,
          system: 'You write summaries: what it is about in one sentence, then the main points as a list.',
          prompt:
            'Write one summary from these shortened parts of a document, in their order:\n\n{{ parts | join: "\\n\\n" }}',
          inputs: [{ name: 'parts' }],
        },
      },
      { id: 'summary', type: 'output', name: 'Summary', at: [1616, 136], config: { name: 'summary', view: 'text' } },
    ],
    [
      'document.value > read.file',
      'read.pages > cut.text',
      'cut.texts > each.items',
      'each.item > shorten.part',
      'shorten.text > each.result',
      'each.results > summarise.parts',
      'summarise.text > summary.value',
    ],
  );
}

/**
 *     Documents ──► For each document ─────────────────────────┐
 *                   └ Document text ► Chunk ► Embed ► Vector upsert ┘
 *     Question ──► Ask when all is read ──► Embed ──► Vector search ──► Answer ──► Answer, Sources
 */
export function askFlow(documents: readonly FileValue[], model: string, embeddings: string): FlowFile {
  const collection = 'sample documents';
  return sampleFlow(
    'Ask your documents',
    'Keeps documents as embeddings, finds the passages that fit a question, and answers with citations.',
    [
      {
        id: 'documents',
        type: 'input',
        name: 'Documents',
        at: [40, 112],
        config: { name: 'Documents', type: 'list<file>', value: documents },
      },
      {
        id: 'each',
        type: 'map',
        name: 'For each document',
        at: [320, 40],
        size: [1096, 224],
        config: { concurrency: 4 },
      },
      { id: 'read', type: 'document_text', name: 'Document text', parent: 'each', at: [40, 88] },
      {
        id: 'cut',
        type: 'chunk',
        name: 'Chunk',
        parent: 'each',
        at: [296, 88],
        config: { by: 'sentences', size: 700, overlap: 120 },
      },
      { id: 'meaning', type: 'embed', name: 'Embed', parent: 'each', at: [552, 88], config: { model: embeddings } },
      {
        id: 'keep',
        type: 'vector_upsert',
        name: 'Vector upsert',
        parent: 'each',
        at: [808, 88],
        config: { collection, source: '{{ item.name }}' },
      },
      {
        id: 'question',
        type: 'input',
        name: 'Question',
        at: [40, 376],
        config: {
          name: 'Question',
          type: 'text',
          value: 'On which days does a boat go to the field station in winter?',
        },
      },
      {
        id: 'asked',
        type: 'template',
        name: 'Ask when all is read',
        at: [1496, 336],
        config: { text: '{{ question }}', inputs: [{ name: 'question' }, { name: 'kept' }] },
      },
      { id: 'sense', type: 'embed', name: 'Embed the question', at: [1768, 336], config: { model: embeddings } },
      { id: 'search', type: 'vector_search', name: 'Vector search', at: [2040, 336], config: { collection, top: 5 } },
      {
        id: 'answer',
        type: 'chat',
        name: 'Answer',
        at: [2328, 288],
        config: {
          model,
          system:
            'You answer from the given passages alone. Name the source of every statement in brackets, such as [handbook.pdf, page 2]. If the passages do not say it, say that.',
          prompt: 'Question: {{ question }}\n\nPassages, each with its source and metadata:\n{{ passages | json }}',
          inputs: [{ name: 'question' }, { name: 'passages' }],
        },
      },
      { id: 'said', type: 'output', name: 'Answer', at: [2648, 288], config: { name: 'answer', view: 'text' } },
      { id: 'sources', type: 'output', name: 'Sources', at: [2648, 432], config: { name: 'sources', view: 'table' } },
    ],
    [
      'documents.value > each.items',
      'each.item > read.file',
      'read.pages > cut.text',
      'cut.texts > meaning.texts',
      'cut.chunks > keep.texts',
      'meaning.embeddings > keep.embeddings',
      'keep.collection > each.result',
      'question.value > asked.question',
      'each.results > asked.kept',
      'asked.text > sense.texts',
      'sense.embedding > search.embedding',
      'asked.text > answer.question',
      'search.matches > answer.passages',
      'answer.text > said.value',
      'search.matches > sources.value',
    ],
  );
}
