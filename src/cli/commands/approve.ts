import type { Approval } from '../../shared/model/approval.ts';
import { connect, findWorkspace } from '../connect.ts';

export interface ApproveOptions {
  data?: string;
  workspace?: string;
  list?: boolean;
  reject?: boolean;
  note?: string;
}

/** `otherthing approve`: lists what runs ask people, or approves or rejects one of them. */
export async function approveCommand(id: string | undefined, options: ApproveOptions): Promise<void> {
  const { client } = await connect(options.data);
  if (id === undefined || options.list === true) {
    const workspace = await findWorkspace(client, options.workspace);
    const query = { state: 'pending', limit: 500 } as const;
    const { items } = await client.call('listApprovals', { params: { id: workspace.id }, query });
    if (items.length === 0) console.error('Nothing waits for an approval.');
    for (const approval of items) console.log(describeApproval(approval));
    return;
  }
  const decision = options.reject === true ? 'reject' : 'approve';
  const body = { decision, ...(options.note === undefined ? {} : { note: options.note }) } as const;
  const { state, flowName, runNumber } = await client.call('decideApproval', { params: { id }, body });
  console.error(`Run ${runNumber} of "${flowName}": ${state}.`);
}

/** One line: its id, the run, the step with its item, the question. */
export function describeApproval({ id, runNumber, flowName, stepName, path, question }: Approval): string {
  const where = path === '' ? stepName : `${stepName} at ${path}`;
  return `${id}  run ${runNumber} of "${flowName}", ${where}: ${question.split('\n', 1)[0] ?? ''}`;
}
