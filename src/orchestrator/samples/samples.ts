import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { FlowFile } from '../../shared/model/flow.ts';
import type { FileValue } from '../../shared/model/values.ts';
import type { FileService } from '../services.ts';
import { receiptsFlow } from './receipts-flow.ts';

/** A sample flow as lists show it. */
export interface SampleSummary {
  id: string;
  name: string;
  description: string;
  steps: number;
}

/** Sample flows that come with the program, with their content. */
export interface Samples {
  list: readonly SampleSummary[];
  /** The sample's flow, its files added to the workspace. Rejects `not_found`. */
  file(id: string, workspaceId: string): Promise<FlowFile>;
}

/** Made ready in the first workspace at the first start. */
export const firstSample = 'receipts';

/** `folder` is resources/samples. */
export function createSamples(folder: string, files: FileService): Samples {
  const receipts = join(folder, 'receipts');
  const { name, description = '', steps } = receiptsFlow([], '');
  return {
    list: [{ id: firstSample, name, description, steps: steps.length }],
    async file(id, workspaceId) {
      if (id !== firstSample) throw new AppError('not_found', `There is no sample "${id}"`);
      const names = (await readdir(receipts)).filter((one) => /\.(jpe?g|png)$/.test(one)).sort();
      const images = await Promise.all(
        names.map((one) => files.add(workspaceId, one, createReadStream(join(receipts, one)))),
      );
      return receiptsFlow(images.map(toValue), await readFile(join(receipts, 'find-totals.ts'), 'utf8'));
    },
  };
}

function toValue({ fileId, name, mime, size, sha256 }: FileValue): FileValue {
  return { fileId, name, mime, size, sha256 };
}
