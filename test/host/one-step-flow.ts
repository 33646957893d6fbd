import type { FlowFile } from '../../src/shared/model/flow.ts';

/** A value that comes in by an edge. */
export interface Wired {
  port: string;
  type: string;
  value: unknown;
}

/** A flow of the step `it`, and of an input where something is wired to it. */
export const flowOf = (type: string, config: Record<string, unknown>, wired?: Wired): FlowFile => ({
  schema: 'otherthing.flow/1',
  name: `With ${type}`,
  steps: [
    { id: 'it', type, name: 'It', position: { x: 300, y: 0 }, config },
    ...(wired === undefined ? [] : [inputOf(wired)]),
  ],
  edges:
    wired === undefined ? [] : [{ id: 'e', from: { step: 'in', port: 'value' }, to: { step: 'it', port: wired.port } }],
  groups: [],
  notes: [],
  settings: {},
});

const inputOf = ({ type, value }: Wired): FlowFile['steps'][number] => ({
  id: 'in',
  type: 'input',
  name: 'In',
  position: { x: 0, y: 0 },
  config: { name: 'in', type, value },
});
