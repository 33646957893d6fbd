import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Node, ResourceLimits } from '../../../shared/model/node.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { Limit } from '../../app/limits/limit.tsx';
import { MachineLimits } from '../../app/limits/machine-limits.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { machineColour } from '../../ui/machine-chip.tsx';
import { Notice } from '../../ui/notice.tsx';

const width = 640;

/** The limits of a machine whose owner lets others change them; every change is sent as it is made, and the machine has the last word. */
export function RemoteLimits({ node, disabled }: { node: Node; disabled: boolean }) {
  const { client } = useApi().host;
  const [open, setOpen] = useState(false);
  const change = useMutation({
    mutationFn: (limits: ResourceLimits) => client.call('setNodeLimits', { params: { id: node.id }, body: limits }),
  });
  return (
    <>
      <Button size="s" disabled={disabled} onClick={() => setOpen(true)}>
        Limits
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        width={width}
        title={`What others may use of ${node.name}`}
        text="Its owner allows admins to change this, and sees it under This node."
        foot={<Button onClick={() => setOpen(false)}>Done</Button>}
      >
        <div className="mt-3 rounded-panel border border-line" style={machineColour(node.colour)}>
          <MachineLimits machine={sizesOf(node)} limits={node.resourceLimits} set={change.mutate} />
          <Storage node={node} set={change.mutate} />
        </div>
        {change.isError && (
          <Notice tone="fail" live className="mt-2">
            <b>{errorWords(change.error).what}</b> {errorWords(change.error).next}
          </Notice>
        )}
      </Dialog>
    </>
  );
}

/** What the host knows of the machine; how much of which GPU its jobs have is not part of it. */
function sizesOf({ capabilities: { cpu = {}, memory = {}, gpus = [] }, reserved }: Node) {
  const { cores = 1, model = '' } = cpu;
  return { cpu: model, cores, ramMb: memory.total_mb ?? 0, gpus, taken: { ...reserved, gpus: [] } };
}

/** How much is kept on the drive that its owner chose; where, only they decide. */
function Storage({ node, set }: { node: Node; set: (limits: ResourceLimits) => void }) {
  const { drives = [] } = node.capabilities;
  const most = Math.floor(Math.max(0, ...drives.map(({ free_gb }) => free_gb)));
  if (most < 1) return null;
  const { storageGb, storagePath } = node.resourceLimits;
  return (
    <Limit
      word="Kept for files"
      note={storagePath === undefined ? 'where its owner chose' : `in ${storagePath}`}
      value={Math.min(most, storageGb ?? 2)}
      max={most}
      figure={{ from: (value) => value, to: Math.round, unit: `of ${most} GB` }}
      onChange={(value) => set({ storageGb: value })}
    />
  );
}
