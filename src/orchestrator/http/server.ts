import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import cookie from '@fastify/cookie';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { describeApi } from '../../shared/api/openapi.ts';
import type { RouteContract } from '../../shared/api/route.ts';
import { routes } from '../../shared/api/routes.ts';
import { AppError } from '../../shared/errors.ts';
import { limits } from '../../shared/model/values.ts';
import { apiPage } from './api-page.ts';
import { createAuthentication } from './authentication.ts';
import { bind } from './bind.ts';
import type { Call, Handlers } from './call.ts';
import { installJoinPage } from './join-page.ts';
import { createMissing, installProblems, sendProblem } from './problems.ts';
import { clientOf, isLoopbackAddress } from './proxy.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { fileRoutes } from './routes/files.ts';
import { flowRoutes } from './routes/flows.ts';
import { historyRoutes } from './routes/history.ts';
import { jobRoutes } from './routes/jobs.ts';
import { joiningRoutes } from './routes/joining.ts';
import { keyRoutes } from './routes/keys.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { peopleRoutes } from './routes/people.ts';
import { runRoutes } from './routes/runs.ts';
import { thisNodeRoutes } from './routes/this-node.ts';
import { triggerRoutes } from './routes/triggers.ts';
import { usageRoutes } from './routes/usage.ts';
import { workspaceRoutes } from './routes/workspaces.ts';
import { installSecurity } from './security.ts';
import type { HttpDeps } from './server-deps.ts';
import { acceptSockets, type SocketGateways } from './sockets.ts';
import { installStaticUi } from './static-ui.ts';

export interface HttpServer {
  /** Origin on loopback, without a slash at the end. */
  url: string;
  /** Makes another server, of whatever address, answer as this one does. Returns how to end what came to it. */
  attach(server: Server): () => Promise<void>;
  /** Refuses what is new, ends sockets, lets requests finish for a moment. */
  stop(): Promise<void>;
}

/** Serves REST, sockets and the interface on loopback; `port` 0 takes any free one. Rejects with Node's EADDRINUSE. */
export async function startHttp(deps: HttpDeps & { port: number; gateways: SocketGateways }): Promise<HttpServer> {
  const proxied = deps.host.proxy !== null;
  const app: FastifyInstance = Fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.requestBody,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
    frameworkErrors: sendProblem,
    trustProxy: proxied && isLoopbackAddress,
  });
  let stopping = false;
  app.addHook('onRequest', async () => {
    if (stopping) throw new AppError('stopping');
  });
  const authentication = createAuthentication(deps);
  await install(app, deps, authentication);
  const sockets = acceptSockets({
    gateways: deps.gateways,
    authentication,
    names: deps.host.names,
    clientOf: (request) => clientOf(request, proxied),
  });
  sockets.serve(app.server);
  await app.listen({ host: '127.0.0.1', port: deps.port });
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    attach(server) {
      const answer = (request: IncomingMessage, response: ServerResponse) => app.routing(request, response);
      server.on('request', answer);
      const endSockets = sockets.serve(server);
      return async () => {
        await endSockets();
        server.off('request', answer);
      };
    },
    async stop() {
      stopping = true;
      await sockets.stop();
      await app.close();
    },
  };
}

async function install(
  app: FastifyInstance,
  deps: HttpDeps,
  authentication: ReturnType<typeof createAuthentication>,
): Promise<void> {
  installProblems(app);
  await installSecurity(app, deps.host.names);
  await app.register(cookie);
  const ui = await installStaticUi(app, deps.staticDir);
  const contracts = Object.values(routes) as RouteContract[];
  const handlers = handlersOf(deps) as unknown as Record<string, (call: Call) => Promise<unknown>>;
  const bindThose = (scope: FastifyInstance, raw: boolean) => {
    for (const contract of contracts.filter((one) => one.raw === raw)) {
      const handler = handlers[contract.name];
      if (handler === undefined) throw new Error(`Nobody handles ${contract.name}`);
      bind(scope, contract, handler, { ...deps, authentication });
    }
  };
  bindThose(app, false);
  await app.register((scope, _options, done) => {
    // The body of a raw route is the content itself, of whatever type, read as a stream by its handler.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    bindThose(scope, true);
    done();
  });
  installFacts(app, deps);
  await installJoinPage(app, deps, authentication);
  const missing = createMissing(contracts);
  app.setNotFoundHandler(
    (request, reply) => ui.page(request, reply) || sendProblem(missing(request, reply), request, reply),
  );
}

function handlersOf(deps: HttpDeps): Handlers {
  return {
    ...peopleRoutes(deps),
    ...workspaceRoutes(deps),
    ...joiningRoutes(deps),
    ...nodeRoutes(deps),
    ...thisNodeRoutes(deps),
    ...flowRoutes(deps),
    ...runRoutes(deps),
    ...approvalRoutes(deps),
    ...triggerRoutes(deps),
    ...jobRoutes(deps),
    ...fileRoutes(deps),
    ...keyRoutes(deps),
    ...usageRoutes(deps),
    ...historyRoutes(deps),
  };
}

/** What anybody may know: that the host lives, whether it is ready, and what its API is. */
function installFacts(app: FastifyInstance, { host }: HttpDeps): void {
  // Made when somebody asks: every start and every idle host would pay for two large texts that few ever read.
  let api: string | null = null;
  app.get('/api/openapi.json', (_request, reply) => {
    api ??= JSON.stringify(describeApi(host.version));
    return reply.type('application/json; charset=utf-8').send(api);
  });
  let page: string | null = null;
  app.get('/api/docs', (_request, reply) => {
    page ??= apiPage(host.version);
    return reply.type('text/html; charset=utf-8').send(page);
  });
  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    if (!host.ready()) throw new AppError('stopping', 'The host is still starting, or is stopping');
    return reply.send({ status: 'ready' });
  });
}
