import { useQuery } from '@tanstack/react-query';
import { modelRefText, parseModelRef, type ReachableModel } from '../../../../shared/model/inference.ts';
import { useApi } from '../../../api/api.ts';
import { modelsQuery } from '../../../api/queries.ts';
import { useWorkspace } from '../../../app/workspace.ts';
import { Select } from '../../../ui/select.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';

interface ModelFieldProps {
  value: string;
  taking: 'chat' | 'embeddings';
  readOnly: boolean;
  onChange: (ref: string) => void;
}

/** Chooses one of the models that the workspace can reach: on its machines, or behind a key. */
export function ModelField({ value, taking, readOnly, onChange }: ModelFieldProps) {
  const api = useApi();
  const models = useQuery(modelsQuery(api, useWorkspace().id));
  if (models.data === undefined) return <Skeleton width="100%" height={28} />;
  const options = models.data
    .filter(({ kind }) => kind === 'unknown' || kind === taking)
    .map((model) => ({ value: modelRefText(model.ref), label: model.name, note: whereOf(model) }));
  const chosen = parseModelRef(value);
  const gone =
    chosen === null || options.some((option) => option.value === value)
      ? []
      : [{ value, label: chosen.model, note: 'Not there now' }];
  return (
    <Select
      value={chosen === null ? '' : value}
      options={[...gone, ...options]}
      placeholder={options.length === 0 ? 'No model yet: add a key under Keys' : 'Choose a model'}
      onChange={onChange}
      disabled={readOnly || (options.length === 0 && gone.length === 0)}
    />
  );
}

function whereOf({ key, nodes }: ReachableModel): string {
  if (key !== undefined) return key.enabled ? key.name : `${key.name}, disabled`;
  const here = nodes.filter(({ online }) => online);
  const [first] = here;
  if (first === undefined) return 'No machine with it is on';
  return here.length === 1 ? first.name : `${here.length} machines`;
}
