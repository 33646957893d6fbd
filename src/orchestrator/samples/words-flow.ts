import type { FlowFile } from '../../shared/model/flow.ts';
import type { FileValue } from '../../shared/model/values.ts';
import { sampleFlow } from './flow-parts.ts';

/**
 *     Texts ──► For each text ───────────────► Add up ──► Words
 *               └ File read ► Count words ┘         └───► Texts
 */
export function wordsFlow(texts: readonly FileValue[], countWords: string, mergeCounts: string): FlowFile {
  return sampleFlow(
    'Word statistics of a folder of texts',
    'Map and reduce: counts the words of every text on whatever machines are there, and adds them up. No AI.',
    [
      {
        id: 'texts',
        type: 'input',
        name: 'Texts',
        at: [40, 160],
        config: { name: 'Texts', type: 'list<file>', value: texts },
      },
      { id: 'each', type: 'map', name: 'For each text', at: [320, 40], size: [560, 240] },
      { id: 'read', type: 'file_read', name: 'File read', parent: 'each', at: [48, 96], config: { as: 'text' } },
      {
        id: 'count',
        type: 'code',
        name: 'Count words',
        parent: 'each',
        at: [304, 96],
        config: { source: countWords, inputs: [{ name: 'content' }, { name: 'name' }], ramMb: 128 },
      },
      {
        id: 'sum',
        type: 'code',
        name: 'Add up',
        at: [960, 136],
        config: { source: mergeCounts, inputs: [{ name: 'texts' }], ramMb: 128 },
      },
      { id: 'words', type: 'output', name: 'Words', at: [1240, 56], config: { name: 'words', view: 'table' } },
      { id: 'lengths', type: 'output', name: 'Texts', at: [1240, 216], config: { name: 'texts', view: 'table' } },
    ],
    [
      'texts.value > each.items',
      'each.item > read.file',
      'read.value > count.content',
      'read.name > count.name',
      'count.result > each.result',
      'each.results > sum.texts',
      'sum.result > words.value',
      'each.results > lengths.value',
    ],
  );
}
