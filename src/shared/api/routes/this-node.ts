/** The machine that this host runs on: what its owner decides. The host only passes these on to the process that started it. */
import { Type } from 'typebox';
import { Node } from '../../model/node.ts';
import { LeaveWorkspace, MoveFiles, NodeSettings, ThisNode } from '../../model/this-node.ts';
import { route } from '../route.ts';

const act = <Name extends string>(name: Name, path: string, summary: string) =>
  route(name, { method: 'POST', path: `/this-node/${path}`, access: 'hostAdmin', summary, response: ThisNode });

export const thisNodeRoutes = {
  getThisNode: route('getThisNode', {
    method: 'GET',
    path: '/this-node',
    access: 'hostAdmin',
    summary: "The host's own node with its share key, and this machine as its owner sees it",
    response: Type.Object({
      node: Type.Union([Node, Type.Null()]),
      share_key: Type.Union([Type.String(), Type.Null()]),
      own: Type.Union([ThisNode, Type.Null()]),
    }),
  }),
  changeThisNode: route('changeThisNode', {
    method: 'PATCH',
    path: '/this-node',
    access: 'hostAdmin',
    summary: 'Change what this machine shares, when, and whether others may change it',
    body: NodeSettings,
    response: ThisNode,
  }),
  pauseThisNode: act('pauseThisNode', 'pause', 'Take no new jobs until resumed, also after a restart'),
  resumeThisNode: act('resumeThisNode', 'resume', 'Take jobs again'),
  drainThisNode: act('drainThisNode', 'drain', 'Finish what runs and take nothing new'),
  rotateThisNodeKey: act(
    'rotateThisNodeKey',
    'rotate-key',
    'A new share key; the old one is worth nothing from then on',
  ),
  moveThisNodeFiles: route('moveThisNodeFiles', {
    method: 'POST',
    path: '/this-node/move',
    access: 'hostAdmin',
    summary: 'Keep files elsewhere: they are copied, compared, used from there, and removed where they were',
    body: MoveFiles,
    response: ThisNode,
  }),
  cancelThisNodeMove: act(
    'cancelThisNodeMove',
    'cancel-move',
    'Leave files where they are; what was copied is removed',
  ),
  leaveWorkspace: route('leaveWorkspace', {
    method: 'POST',
    path: '/this-node/leave',
    access: 'hostAdmin',
    summary: 'Serve a workspace no longer; its jobs go back in line',
    body: LeaveWorkspace,
    response: ThisNode,
  }),
} as const;
