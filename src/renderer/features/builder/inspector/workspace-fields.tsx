import { useQuery } from '@tanstack/react-query';
import { runName } from '../../../../shared/flows/steps/input.ts';
import type { FlowFile } from '../../../../shared/model/flow.ts';
import { useApi } from '../../../api/api.ts';
import { flowsQuery } from '../../../api/queries.ts';
import { useWorkspace } from '../../../app/workspace.ts';
import { Select } from '../../../ui/select.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { useBuilder } from '../model/builder.ts';

interface FlowFieldProps {
  value: string;
  readOnly: boolean;
  /** Also told the Inputs and Outputs of the chosen flow, which become the step's ports. */
  onChange: (flowId: string, ports: { inputs: { name: string }[]; outputs: { name: string }[] }) => void;
}

/** Chooses another flow of the workspace. */
export function FlowField({ value, readOnly, onChange }: FlowFieldProps) {
  const api = useApi();
  const { flowId: own } = useBuilder();
  const flows = useQuery(flowsQuery(api, useWorkspace().id));
  if (flows.data === undefined) return <Skeleton width="100%" height={28} />;
  const options = flows.data.filter(({ id }) => id !== own).map(({ id, name }) => ({ value: id, label: name }));
  const known = value === '' || options.some((option) => option.value === value);
  const choose = async (id: string) => {
    const { file } = await api.host.client.call('getFlow', { params: { id } });
    onChange(id, { inputs: namesOf(file, 'input'), outputs: namesOf(file, 'output') });
  };
  return (
    <Select
      value={value}
      options={[...(known ? [] : [{ value, label: 'A flow that is gone' }]), ...options]}
      placeholder="Choose a flow"
      onChange={(id) => void choose(id)}
      disabled={readOnly}
    />
  );
}

function namesOf(file: FlowFile, type: 'input' | 'output'): { name: string }[] {
  return file.steps.flatMap((step) => (step.type === type ? [{ name: runName(step) }] : []));
}

interface MembersFieldProps {
  title: string;
  error: string | undefined;
  value: readonly string[];
  readOnly: boolean;
  onChange: (userIds: string[]) => void;
}

/** Chooses some of the workspace's members. */
export function MembersField({ title, error, value, readOnly, onChange }: MembersFieldProps) {
  const { host } = useApi();
  const { id } = useWorkspace();
  const members = useQuery({
    queryKey: ['members of', id],
    queryFn: ({ signal }) => host.client.call('listMembers', { params: { id }, signal }),
  });
  if (members.data === undefined) return <Skeleton width="100%" height={56} />;
  const toggle = (userId: string, on: boolean) =>
    onChange(on ? [...value, userId] : value.filter((other) => other !== userId));
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="ui-label mb-1.5">{title}</legend>
      {members.data.items.map(({ userId, name }) => (
        <div key={userId} className="row justify-between gap-2">
          <span className="cut">{name}</span>
          <Switch
            on={value.includes(userId)}
            onChange={(on) => toggle(userId, on)}
            disabled={readOnly}
            label={`${name} may decide`}
          />
        </div>
      ))}
      {error !== undefined && (
        <span className="ui-help" data-error="" role="alert">
          {error}
        </span>
      )}
    </fieldset>
  );
}
