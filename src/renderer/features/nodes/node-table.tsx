import type { Node } from '../../../shared/model/node.ts';
import { gpuWords, hardwareWords, ownerWords, presenceOf } from '../../app/node-facts.ts';
import { MachineChip } from '../../ui/machine-chip.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { type Column, Table, TableRow } from '../../ui/table.tsx';
import { DoesNow } from './does-now.tsx';
import { Load } from './load.tsx';
import { Record } from './record.tsx';

const columns: readonly Column[] = [
  { head: 'Node', width: '20%' },
  { head: 'Hardware', width: '21%' },
  { head: 'Load, within its limits', width: '20%' },
  { head: 'Does now' },
  { head: 'Reputation', width: '164px' },
];

interface NodeTableProps {
  nodes: readonly Node[];
  chosen: string | undefined;
  onChoose: (nodeId: string) => void;
}

export const NodeTable = ({ nodes, chosen, onChoose }: NodeTableProps) => (
  <div className="node-table">
    <Table label="Nodes" columns={columns} fixed>
      {nodes.map((node) => (
        <NodeRow key={node.id} node={node} chosen={chosen === node.id} onChoose={() => onChoose(node.id)} />
      ))}
    </Table>
  </div>
);

function NodeRow({ node, chosen, onChoose }: { node: Node; chosen: boolean; onChoose: () => void }) {
  const presence = presenceOf(node);
  const gone = presence !== 'here';
  return (
    <TableRow onOpen={onChoose} selected={chosen} className={gone ? 'text-ink-3' : ''}>
      <td>
        <button type="button" className="row w-full gap-3 text-left" onClick={onChoose}>
          <MachineChip colour={node.colour} mark={node.mark} presence={presence} size={20} />
          <span className="min-w-0 leading-[18px]">
            <span className="cut block font-strong text-ink">{node.name}</span>
            <span className="cut block text-12 text-ink-3">{ownerWords(node)}</span>
          </span>
        </button>
      </td>
      <td className="leading-[18px]">
        <div className="cut">{gpuWords(node)}</div>
        <div className="cut text-12 text-ink-3">{hardwareWords(node)}</div>
      </td>
      <td>{gone ? <span className="text-12">Shares nothing now</span> : <Load node={node} />}</td>
      <td className="text-12 leading-[18px]">
        <DoesNow node={node} />
      </td>
      <td>
        <Record node={node} />
      </td>
    </TableRow>
  );
}

export const NodeTableSkeleton = () => (
  <div className="node-table">
    <Table label="Nodes" columns={columns} fixed>
      {[1, 2, 3].map((row) => (
        <tr key={row}>
          <td>
            <div className="row gap-3">
              <Skeleton width={20} height={20} />
              <Skeleton width={90} />
            </div>
          </td>
          <td>
            <Skeleton width="70%" className="mb-2" />
            <Skeleton width="50%" />
          </td>
          <td>
            <Skeleton width="100%" height={6} className="mb-2" />
            <Skeleton width="100%" height={6} />
          </td>
          <td>
            <Skeleton width="60%" />
          </td>
          <td>
            <Skeleton width={110} />
          </td>
        </tr>
      ))}
    </Table>
  </div>
);
