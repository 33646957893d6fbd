import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { pictureOf } from '../../shared/flows/picture.ts';
import { type ChosenModels, chooseModels } from '../../shared/inference/first-models.ts';
import type { FlowFile } from '../../shared/model/flow.ts';
import type { ReachableModel } from '../../shared/model/inference.ts';
import type { SampleNeed, SampleSummary } from '../../shared/model/sample.ts';
import type { FileValue } from '../../shared/model/values.ts';
import type { FileService } from '../services.ts';
import { askFlow, summaryFlow } from './document-flows.ts';
import { messagesFlow } from './messages-flow.ts';
import { receiptsFlow } from './receipts-flow.ts';
import { wordsFlow } from './words-flow.ts';

/** Sample flows that come with the program, with their content. */
export interface Samples {
  list: readonly SampleSummary[];
  /** The sample's flow, its files added to the workspace, with the first models that can be reached. Rejects `not_found`. */
  file(id: string, workspaceId: string): Promise<FlowFile>;
}

/** Made ready in the first workspace at the first start. */
export const firstSample = 'receipts';

const chat: SampleNeed = {
  kind: 'chat',
  words: 'A language model: add a provider key on the page Keys, or start Ollama on a node.',
};
const embeddings: SampleNeed = {
  kind: 'embeddings',
  words: 'An embedding model: add a key of a provider that has one, or pull one with Ollama on a node.',
};

interface Content {
  /** Adds the files of a folder of the samples, in the order of their names. */
  files(folder: string, names: RegExp): Promise<FileValue[]>;
  text(...path: string[]): Promise<string>;
  models: ChosenModels;
}

interface Sample {
  readonly needs: readonly SampleNeed[];
  /** The flow without its content, which gives the words of lists. */
  readonly empty: FlowFile;
  fill(content: Content): Promise<FlowFile>;
}

const documents = /\.(md|html|pdf|docx)$/;

const samples: Readonly<Record<string, Sample>> = {
  receipts: {
    needs: [],
    empty: receiptsFlow([], ''),
    fill: async ({ files, text }) =>
      receiptsFlow(await files('receipts', /\.(jpe?g|png)$/), await text('receipts', 'find-totals.ts')),
  },
  words: {
    needs: [],
    empty: wordsFlow([], '', ''),
    fill: async ({ files, text }) =>
      wordsFlow(
        await files('texts', /\.txt$/),
        await text('texts', 'count-words.ts'),
        await text('texts', 'merge-counts.ts'),
      ),
  },
  summary: {
    needs: [chat],
    empty: summaryFlow(null, ''),
    fill: async ({ files, models }) => summaryFlow((await files('documents', /\.md$/))[0] ?? null, models.chat),
  },
  ask: {
    needs: [chat, embeddings],
    empty: askFlow([], '', ''),
    fill: async ({ files, models }) => askFlow(await files('documents', documents), models.chat, models.embeddings),
  },
  messages: {
    needs: [chat],
    empty: messagesFlow(''),
    fill: async ({ models }) => messagesFlow(models.chat),
  },
};

/** `folder` is resources/samples; `models` answers what a workspace can reach now. */
export function createSamples(
  folder: string,
  files: FileService,
  models: (workspaceId: string) => Promise<ReachableModel[]>,
): Samples {
  const contentFor = (workspaceId: string): Omit<Content, 'models'> => ({
    text: (...path) => readFile(join(folder, ...path), 'utf8'),
    async files(from, wanted) {
      const names = (await readdir(join(folder, from))).filter((one) => wanted.test(one)).sort();
      const added = names.map((name) => files.add(workspaceId, name, createReadStream(join(folder, from, name))));
      return (await Promise.all(added)).map(toValue);
    },
  });
  return {
    list: Object.entries(samples).map(([id, { empty, needs }]) => ({
      id,
      name: empty.name,
      description: empty.description ?? '',
      steps: empty.steps.length,
      needs: [...needs],
      picture: pictureOf(empty),
    })),
    async file(id, workspaceId) {
      const sample = Object.hasOwn(samples, id) ? samples[id] : undefined;
      if (sample === undefined) throw new AppError('not_found', `There is no sample "${id}"`);
      const chosen = sample.needs.length === 0 ? { chat: '', embeddings: '' } : chooseModels(await models(workspaceId));
      return sample.fill({ ...contentFor(workspaceId), models: chosen });
    },
  };
}

function toValue({ fileId, name, mime, size, sha256 }: FileValue): FileValue {
  return { fileId, name, mime, size, sha256 };
}
