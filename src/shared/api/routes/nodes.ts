/** Nodes. */
import { Type } from 'typebox';
import { ModelChange } from '../../model/model-change.ts';
import { Node, NodeRecord, ResourceLimits } from '../../model/node.ts';
import { Id } from '../../model/values.ts';
import { route, WithId } from '../route.ts';

export const nodesRoutes = {
  listWorkspaceNodes: route('listWorkspaceNodes', {
    method: 'GET',
    path: '/workspaces/:id/nodes',
    access: 'viewer',
    resource: 'workspace',
    summary: 'The nodes of a workspace, with their resourceLimits',
    params: WithId,
    response: Type.Object({ items: Type.Array(Node) }),
  }),
  addNodeByKey: route('addNodeByKey', {
    method: 'POST',
    path: '/workspaces/:id/nodes/add-by-key',
    access: 'admin',
    resource: 'workspace',
    summary: 'Add a node by its share key',
    params: WithId,
    body: Type.Object({
      share_key: Type.String({ minLength: 1, maxLength: 64 }),
    }),
    response: Node,
  }),
  approveNode: route('approveNode', {
    method: 'POST',
    path: '/workspaces/:id/nodes/:nodeId/approve',
    access: 'admin',
    resource: 'workspace',
    summary: 'Let in a node that came with the workspace key',
    params: Type.Object({ id: Id, nodeId: Id }),
    response: Node,
  }),
  removeNode: route('removeNode', {
    method: 'DELETE',
    path: '/workspaces/:id/nodes/:nodeId',
    access: 'admin',
    resource: 'workspace',
    summary: 'Take a node out of the workspace; its jobs go back in line',
    params: Type.Object({ id: Id, nodeId: Id }),
  }),
  listNodes: route('listNodes', {
    method: 'GET',
    path: '/nodes',
    access: 'hostAdmin',
    summary: 'All nodes of this host',
    response: Type.Object({ items: Type.Array(Node) }),
  }),
  listMyNodes: route('listMyNodes', {
    method: 'GET',
    path: '/my-nodes',
    access: 'user',
    summary: 'The nodes in your workspaces',
    response: Type.Object({ items: Type.Array(Node) }),
  }),
  setNodeLimits: route('setNodeLimits', {
    method: 'POST',
    path: '/nodes/:id/limits',
    access: 'admin',
    resource: 'node',
    summary: 'Change what a node shares; its owner must have remote control switched on (N13)',
    params: WithId,
    body: ResourceLimits,
    response: Node,
  }),
  controlNode: route('controlNode', {
    method: 'POST',
    path: '/nodes/:id/control',
    access: 'admin',
    resource: 'node',
    summary:
      'Pause, resume, drain or restart a node; its owner must have remote control switched on, which the node itself checks (N13)',
    params: WithId,
    body: Type.Object({
      action: Type.Union([
        Type.Literal('pause'),
        Type.Literal('resume'),
        Type.Literal('drain'),
        Type.Literal('restart'),
      ]),
    }),
    response: Node,
  }),
  changeNodeModels: route('changeNodeModels', {
    method: 'POST',
    path: '/nodes/:id/models',
    access: 'admin',
    resource: 'node',
    summary: 'Have a node fetch or remove a model, where its owner allows it; the job shows the progress',
    params: WithId,
    body: ModelChange,
    response: Type.Object({ jobId: Id }),
    status: 201,
  }),
  getNodeRecord: route('getNodeRecord', {
    method: 'GET',
    path: '/nodes/:id/record',
    access: 'viewer',
    resource: 'node',
    summary: 'The evidence behind its reputation: its recent attempts by kind of job',
    params: WithId,
    response: NodeRecord,
  }),
} as const;
