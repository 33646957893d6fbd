import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Field } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { toast } from '../../ui/toasts.tsx';

const shares = [
  { value: '0', label: 'None' },
  { value: '0.05', label: '5 %' },
  { value: '0.2', label: '20 %' },
  { value: '1', label: 'All' },
] as const;

/** Whether results are compared with those of a second node. */
export function Checks() {
  const { host, cache } = useApi();
  const { id, verifyShare } = useWorkspace();
  const mayChange = useMay('admin');
  const change = useMutation({
    mutationFn: (share: number) =>
      host.client.call('updateWorkspace', { params: { id }, body: { verifyShare: share } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.workspaces }),
    onError: (error) => toast({ text: errorWords(error).what, sign: 'failed' }),
  });
  const nearest = shares.reduce((best, one) =>
    Math.abs(Number(one.value) - verifyShare) < Math.abs(Number(best.value) - verifyShare) ? one : best,
  );
  return (
    <Panel title="Checks by a second node">
      <div className="p-4">
        <Field
          label="Jobs that are done twice"
          help="A second node does the same code or image again, and the results are compared; where they differ a third decides. New nodes are checked more. It holds nothing up."
        >
          {mayChange ? (
            <span className="row">
              <Segmented
                label="Jobs that are done twice"
                value={nearest.value}
                segments={shares}
                onChange={(share) => change.mutate(Number(share))}
              />
            </span>
          ) : (
            <span>{nearest.label}</span>
          )}
        </Field>
      </div>
    </Panel>
  );
}
