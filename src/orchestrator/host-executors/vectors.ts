/** Jobs of the kind `vectors`: writing to and searching in the workspace's collections. */
import { Compile } from 'typebox/compile';
import { VectorsInput } from '../../shared/model/vectors.ts';
import { type Collections, VectorFault } from '../vectors/collections.ts';
import { type HostExecutor, HostFault } from './host-executor.ts';

const isInput = Compile(VectorsInput);

export function createVectorsExecutor(collections: Pick<Collections, 'upsert' | 'search'>): HostExecutor {
  return {
    kind: 'vectors',
    atOnce: 8,
    atOncePerLane: 2,
    lane: () => null,
    async execute(input, { workspaceId, signal }) {
      if (!isInput.Check(input)) {
        const [wrong] = isInput.Errors(input);
        const where = `${wrong?.instancePath ?? ''} ${wrong?.message ?? ''}`.trim();
        throw new HostFault('input_wrong', `This is nothing for a collection: ${where}.`);
      }
      try {
        if (input.task === 'search') return { matches: await collections.search(workspaceId, input) };
        return await collections.upsert(workspaceId, input, signal);
      } catch (error) {
        throw error instanceof VectorFault ? new HostFault(error.code, error.message) : error;
      }
    },
  };
}
