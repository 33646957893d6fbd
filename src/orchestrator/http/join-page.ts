/**
 * The page of an invite, `/join/<code>`, for people who have nothing but a browser: what it is, a button, and how to bring a
 * machine. Plain HTML without a script. Every code that does not work gets the same page.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Value } from 'typebox/value';
import { AppError } from '../../shared/errors.ts';
import { type InviteOffer, JoinCode } from '../../shared/model/invite.ts';
import { Name } from '../../shared/model/values.ts';
import { addressGroup } from '../address-group.ts';
import type { Principal } from '../workspaces/credentials.ts';
import { type createAuthentication, originOf, sessionCookie } from './authentication.ts';
import { mayMutate } from './origin.ts';
import { createJoinAttempts, linksOf } from './routes/joining.ts';
import type { HttpDeps } from './server-deps.ts';
import { setSessionCookie } from './session-cookie.ts';

type Page = { status: number; title: string; body: string };

export async function installJoinPage(
  app: FastifyInstance,
  deps: HttpDeps,
  authentication: Pick<ReturnType<typeof createAuthentication>, 'byCookie'>,
): Promise<void> {
  const { invites, credentials } = deps.services;
  const attempts = createJoinAttempts(deps.clock);

  const show = (reply: FastifyReply, page: Page) =>
    reply
      .code(page.status)
      // The form's own Origin would be `null` without it.
      .header('referrer-policy', 'same-origin')
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(document(page));

  const guarded = async (request: FastifyRequest, reply: FastifyReply, act: () => Promise<Page>) => {
    try {
      return show(reply, await attempts.guard(addressGroup(request.ip), act));
    } catch (error) {
      if (error instanceof AppError && error.code === 'invite_spent') return show(reply, spent);
      throw error;
    }
  };

  const look = async (code: string, person: Principal | null): Promise<Page> => {
    const progress = person === null ? null : await invites.progress(code, person.user.id);
    if (progress !== null) return progress === 'in' ? inside(null) : waiting;
    const invite = { ...(await invites.look(code)), hostName: deps.host.name };
    return offer(invite, code, person, linksOf(deps, code).link);
  };

  const accept = async (request: FastifyRequest, reply: FastifyReply, code: string, person: Principal | null) => {
    const name = person?.user.name ?? nameIn(request.body);
    if (name === null) return { ...(await look(code, null)), status: 400 };
    await invites.look(code); // The link of a machine is none of a person's.
    const by = { user: person?.user ?? null, name, machine: false, address: request.ip };
    const { user, workspace, state } = await invites.accept(code, by);
    if (person === null) {
      const agent = request.headers['user-agent'] ?? '';
      const session = await credentials.signIn((await credentials.createLink(user.id)).code, agent);
      setSessionCookie(reply, deps.host.hostId, session);
    }
    if (state === 'waits') return waiting;
    const machine = await invites.machineLink(workspace.id, user.id);
    return inside(linksOf(deps, machine.code).link);
  };

  await app.register((scope, _options, done) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 4_096 },
      (_request, body, parsed) => parsed(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    scope.get('/join/:code', async (request, reply) =>
      guarded(request, reply, async () => look(codeIn(request), await authentication.byCookie(request))),
    );
    scope.post('/join/:code', async (request, reply) => {
      const withCookie = request.cookies[sessionCookie(deps.host.hostId)] !== undefined;
      if (!mayMutate(originOf(request), withCookie)) throw new AppError('wrong_origin');
      return guarded(request, reply, async () =>
        accept(request, reply, codeIn(request), await authentication.byCookie(request)),
      );
    });
    done();
  });
}

function codeIn(request: FastifyRequest): string {
  const code: unknown = Reflect.get(request.params as object, 'code');
  if (!Value.Check(JoinCode, code)) throw new AppError('invite_spent');
  return code;
}

function nameIn(body: unknown): string | null {
  const name: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'name') : undefined;
  const trimmed = typeof name === 'string' ? name.trim() : '';
  return Value.Check(Name, trimmed) ? trimmed : null;
}

const spent: Page = {
  status: 404,
  title: 'This invite does not work',
  body: '<p>It may be mistyped, used, revoked or out of time. Ask whoever invited you for another.</p>',
};

const waiting: Page = {
  status: 200,
  title: 'You wait to be let in',
  body: '<p>Whoever invited you still has to approve. Then reload this page in this browser.</p>',
};

function inside(machineLink: string | null): Page {
  const bring =
    machineLink === null
      ? ''
      : `<h2>Bring a machine</h2>
<p>To share a computer with the workspace, install OtherThing there and run this within an hour:</p>
<pre><code>otherthing join '${plain(machineLink)}'</code></pre>`;
  return { status: 200, title: 'You are in', body: `<p><a class="button" href="/">Open OtherThing</a></p>${bring}` };
}

function offer(invite: InviteOffer, code: string, person: Principal | null, link: string): Page {
  const who =
    person === null
      ? '<p><label>Your name<br><input name="name" required maxlength="120" autocomplete="name" autofocus></label></p>'
      : `<p>You are signed in as ${plain(person.user.name)}.</p>`;
  const approval = invite.approval ? '<p>Somebody there lets you in after that.</p>' : '';
  return {
    status: 200,
    title: `Join ${invite.workspaceName}`,
    body: `<p>${plain(invite.invitedBy)} invites you to the workspace <strong>${plain(invite.workspaceName)}</strong> on
the host ${plain(invite.hostName)}, as ${plain(invite.role)}. There people build AI flows that run on their own computers.</p>
<form method="post" action="/join/${plain(code)}">${who}${approval}<p><button>Join</button></p></form>
<p>Is OtherThing on this computer? <a href="${plain(link)}">Open the invite in the app</a>.</p>
<p>Works once, until ${new Date(invite.expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC.</p>`,
  };
}

function document({ title, body }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${plain(title)} · OtherThing</title>
<style>${style}</style>
</head>
<body><main>
<h1>${plain(title)}</h1>
${body}
</main></body>
</html>
`;
}

function plain(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 36rem; margin: 4rem auto; padding: 0 1rem; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }
button, .button { font: inherit; padding: .5rem 1.25rem; border: 1px solid; border-radius: .5rem; color: inherit; background: none; text-decoration: none; cursor: pointer; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8886; border-radius: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
`;
