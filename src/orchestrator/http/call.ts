import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BodyOf, ParamsOf, QueryOf, ResponseOf, RouteContract } from '../../shared/api/route.ts';
import type { RouteName, Routes } from '../../shared/api/routes.ts';
import type { Role } from '../../shared/model/user.ts';
import type { Principal } from '../workspaces/credentials.ts';

/** One request as a handler sees it: checked against its contract, its caller known and allowed. */
export interface Call<Contract extends RouteContract = RouteContract> {
  readonly params: ParamsOf<Contract>;
  readonly query: QueryOf<Contract>;
  readonly body: BodyOf<Contract>;
  /** Who calls. Reading it on a route for anybody is a mistake of the program, and throws. */
  readonly person: Principal;
  /** Who calls a route for anybody; null where nobody says so. */
  readonly caller: Principal | null;
  /** The workspace of the path's resource; throws where the contract names no resource. */
  readonly workspaceId: string;
  /** The caller's role there. */
  readonly role: Role;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Answers with the body of the contract's response; raw routes answer by `call.reply` and return it. */
export type Handler<Contract extends RouteContract> = (
  call: Call<Contract>,
) => Promise<ResponseOf<Contract> | FastifyReply> | NothingOf<Contract>;

/** A route that answers nothing may be handled by a function that returns nothing. */
type NothingOf<Contract extends RouteContract> = [ResponseOf<Contract>] extends [undefined] ? Promise<void> : never;

export type Handlers = { readonly [Name in RouteName]: Handler<Routes[Name]> };

/** The handlers of one resource. */
export type Some<Name extends RouteName> = Pick<Handlers, Name>;

export interface Granted {
  person: Principal | null;
  workspaceId: string | null;
  role: Role | null;
}

export function makeCall(
  parts: { params: unknown; query: unknown; body: unknown },
  granted: Granted,
  request: FastifyRequest,
  reply: FastifyReply,
): Call {
  const needed = <Value>(value: Value | null, what: string): Value => {
    if (value === null) throw new Error(`This route has no ${what}`);
    return value;
  };
  return {
    params: parts.params,
    query: parts.query,
    body: parts.body,
    get person() {
      return needed(granted.person, 'person');
    },
    caller: granted.person,
    get workspaceId() {
      return needed(granted.workspaceId, 'workspace');
    },
    get role() {
      return needed(granted.role, 'role');
    },
    request,
    reply,
  } as Call;
}
