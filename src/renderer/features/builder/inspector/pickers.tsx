/** Fields whose choices are things of the workspace: another flow, members, a model that somebody can reach. */
import { useQuery } from '@tanstack/react-query';
import { modelRefText } from '../../../../shared/model/inference.ts';
import { useApi } from '../../../api/api.ts';
import { flowsQuery } from '../../../api/queries.ts';
import { useWorkspace } from '../../../app/workspace.ts';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { formatBytes } from '../../../ui/numbers.ts';
import { Select, type SelectOption } from '../../../ui/select.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { useBuilder } from '../model/builder.ts';

interface PickerProps {
  value: unknown;
  onChange: (value: unknown) => void;
  readOnly: boolean;
}

/** The flows of the workspace but this one: a flow that runs itself would never end. */
export function FlowPicker({ value, onChange, readOnly }: PickerProps) {
  const { flowId } = useBuilder();
  const flows = useQuery(flowsQuery(useApi(), useWorkspace().id));
  if (flows.data === undefined) return <Skeleton width="100%" height={30} />;
  const options = flows.data.filter(({ id }) => id !== flowId).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Select
      value={typeof value === 'string' ? value : ''}
      options={withChosen(options, value)}
      placeholder={options.length === 0 ? 'There is no other flow' : 'Choose a flow'}
      disabled={readOnly}
      onChange={onChange}
    />
  );
}

/** Members by tick. One who has left stays in the list until somebody takes the tick away. */
export function MembersPicker({ value, onChange, readOnly }: PickerProps) {
  const { host } = useApi();
  const { id } = useWorkspace();
  const members = useQuery({
    queryKey: ['workspace', id, 'members'],
    queryFn: async ({ signal }) => (await host.client.call('listMembers', { params: { id }, signal })).items,
    staleTime: 60_000,
  });
  const chosen = Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  if (members.data === undefined) return <Skeleton width="100%" height={60} />;
  const known = members.data.map((member) => ({ id: member.userId, name: member.name }));
  const gone = chosen.filter((one) => !known.some((member) => member.id === one));
  return (
    <div className="flex flex-col gap-1.5">
      {[...known, ...gone.map((one) => ({ id: one, name: 'Somebody who has left' }))].map((member) => (
        <Checkbox
          key={member.id}
          checked={chosen.includes(member.id)}
          disabled={readOnly}
          onChange={(on) => onChange(on ? [...chosen, member.id] : chosen.filter((one) => one !== member.id))}
        >
          {member.name}
        </Checkbox>
      ))}
    </div>
  );
}

/** Every model that the workspace can reach, on its nodes or behind its keys, with how many machines have it. */
export function ModelPicker({ value, onChange, readOnly }: PickerProps) {
  const { host } = useApi();
  const { id } = useWorkspace();
  const models = useQuery({
    queryKey: ['workspace', id, 'models'],
    queryFn: async ({ signal }) => (await host.client.call('listModels', { params: { id }, signal })).items,
    staleTime: 10_000,
  });
  if (models.data === undefined && models.isPending) return <Skeleton width="100%" height={30} />;
  const options = (models.data ?? []).map((model): SelectOption<string> => {
    const size = model.nodes.find((node) => node.sizeBytes !== null)?.sizeBytes ?? null;
    const where = model.key?.name ?? (model.nodes.length === 1 ? model.nodes[0]?.name : `${model.nodes.length} nodes`);
    return {
      value: modelRefText(model.ref),
      label: model.name,
      note: [where, size === null ? '' : formatBytes(size)].filter(Boolean).join(', '),
    };
  });
  return (
    <Select
      value={typeof value === 'string' ? value : ''}
      options={withChosen(options, value)}
      mono
      placeholder={options.length === 0 ? 'No model can be reached yet' : 'Choose a model'}
      disabled={readOnly}
      onChange={onChange}
    />
  );
}

/** What is chosen but no longer there is shown all the same, so that one sees what is missing. */
function withChosen(options: SelectOption<string>[], value: unknown): SelectOption<string>[] {
  if (typeof value !== 'string' || value === '' || options.some((option) => option.value === value)) return options;
  return [...options, { value, label: value, note: 'not there' }];
}
