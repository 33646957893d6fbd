/** Triggers of flows, and the addresses that webhooks call. */
import { Type } from 'typebox';
import { FlowTriggers } from '../../model/trigger.ts';
import { Json } from '../../model/values.ts';
import { route, WithId } from '../route.ts';

const token = Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) });

/** The body is read by the handler (JSON, text or a form, at most 1 MiB); an unknown token, and one switched off, are not told apart. */
function hook<Name extends string>(name: Name, method: 'POST' | 'GET' | 'PUT') {
  return route(name, {
    method,
    path: '/hooks/:token',
    access: 'hook',
    summary: 'Start a run by a webhook; answers at once, or with the outputs, as its step says',
    params: token,
    query: Type.Record(Type.String(), Type.Unknown()),
    raw: true,
    response: Json,
  });
}

export const triggersRoutes = {
  listTriggers: route('listTriggers', {
    method: 'GET',
    path: '/workspaces/:id/triggers',
    access: 'viewer',
    resource: 'workspace',
    summary: 'The flows of a workspace whose triggers are switched on; without the addresses of webhooks',
    params: WithId,
    response: Type.Object({ items: Type.Array(FlowTriggers) }),
  }),
  getTriggers: route('getTriggers', {
    method: 'GET',
    path: '/flows/:id/triggers',
    access: 'viewer',
    resource: 'flow',
    summary: 'What starts runs of a flow by itself, and whether it is switched on',
    params: WithId,
    response: FlowTriggers,
  }),
  setTriggers: route('setTriggers', {
    method: 'PUT',
    path: '/flows/:id/triggers',
    access: 'member',
    resource: 'flow',
    summary: 'Switch the triggers of a flow on (of the flow as it is now) or off',
    params: WithId,
    body: Type.Object({
      enabled: Type.Boolean(),
      newAddress: Type.Optional(
        Type.Boolean({ description: 'Give the webhooks new addresses; the old ones stop working' }),
      ),
    }),
    response: FlowTriggers,
  }),
  postHook: hook('postHook', 'POST'),
  getHook: hook('getHook', 'GET'),
  putHook: hook('putHook', 'PUT'),
} as const;
