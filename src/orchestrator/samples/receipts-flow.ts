import { type FlowEdge, type FlowFile, flowSchemaId } from '../../shared/model/flow.ts';
import type { FileValue } from '../../shared/model/values.ts';

/**
 *     Receipts ──► For each receipt ──► Find totals ──► Receipts table
 *        │         └ Read text in image ┘     ▲
 *        └────────────────────────────────────┘   names of the files
 */
export function receiptsFlow(images: readonly FileValue[], findTotals: string): FlowFile {
  return {
    schema: flowSchemaId,
    name: 'Read a stack of scanned receipts',
    description: 'Reads every receipt on whatever machines are there, and makes a table of shops, dates and totals.',
    steps: [
      {
        id: 'receipts',
        type: 'input',
        name: 'Receipts',
        position: { x: 40, y: 328 },
        config: { name: 'Receipts', type: 'list<image>', value: images },
      },
      {
        id: 'each',
        type: 'map',
        name: 'For each receipt',
        position: { x: 320, y: 40 },
        size: { width: 304, height: 240 },
        config: { concurrency: 64, onItemError: 'null' },
      },
      {
        id: 'read',
        type: 'read_text',
        name: 'Read text in image',
        parent: 'each',
        position: { x: 48, y: 112 },
        config: {},
      },
      {
        id: 'totals',
        type: 'code',
        name: 'Find totals',
        position: { x: 704, y: 304 },
        config: { source: findTotals, inputs: [{ name: 'texts' }, { name: 'images' }], ramMb: 256 },
      },
      {
        id: 'table',
        type: 'output',
        name: 'Receipts table',
        position: { x: 984, y: 304 },
        config: { name: 'receipts', view: 'table' },
      },
    ],
    edges: [
      edge('receipts.value', 'each.items'),
      edge('each.item', 'read.image'),
      edge('read.text', 'each.result'),
      edge('each.results', 'totals.texts'),
      edge('receipts.value', 'totals.images'),
      edge('totals.result', 'table.value'),
    ],
    groups: [],
    notes: [],
    settings: {},
  };
}

function edge(from: string, to: string): FlowEdge {
  return { id: `${from}-${to}`.replaceAll('.', '_'), from: end(from), to: end(to) };
}

function end(text: string): FlowEdge['from'] {
  const [step = '', port = ''] = text.split('.');
  return { step, port };
}
