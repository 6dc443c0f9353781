// `/login` and `/login/:token`: the way into the dashboard, as pages without script. They work before anything else does,
// and what a browser's password manager fills in is read by nothing else.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TropaError } from '../language/errors.ts';
import { noteAudit } from '../runtime/access/audit.ts';
import { beginSession, signIn } from '../runtime/access/sessions.ts';
import { linkOf, useLink } from '../runtime/access/users.ts';
import { callerOf, isSameOrigin } from './access.ts';
import { giveCookie } from './cookie.ts';
import type { HttpHost } from './host.ts';
import { type Html, html, sendPage } from './html.ts';
import { formOf } from './reader.ts';
import { type SignInWords, signInWords } from './sign-in-words.ts';

type Tokened = { Params: { token: string } };
const ROUTE = { config: { access: 'proven' as const }, bodyLimit: 8 * 1024 };
/** What a form may have got wrong, and is told so on its page; anything else is a problem of its own. */
const TOLD = ['E_LOGIN', 'E_CODE_NEEDED', 'E_TOO_MANY', 'E_PASSWORD', 'E_BAD_REQUEST'];

interface Shown {
  readonly email?: string;
  readonly error?: TropaError;
}

export function serveSignIn(app: FastifyInstance, host: HttpHost): void {
  app.get('/login', ROUTE, async (request, reply) =>
    (await callerOf(host, request)) === null ? signInPage(host, request, reply, {}) : reply.redirect('/', 303),
  );
  app.post('/login', ROUTE, async (request, reply) => {
    const form = ownForm(request);
    const [email, password] = [form.get('email') ?? '', form.get('password') ?? ''];
    try {
      const { token, user } = await signIn(host, { email, password, code: form.get('code') ?? '' }, request.ip);
      giveCookie(request, reply, token);
      await noteAudit(host, { at: host.now(), who: user.email, what: 'signed in', target: null });
      return reply.redirect('/', 303);
    } catch (error) {
      return signInPage(host, request, reply, { email, error: toldOf(error) });
    }
  });
  app.get<Tokened>('/login/:token', ROUTE, (request, reply) => linkPage(host, request, reply, {}));
  app.post<Tokened>('/login/:token', ROUTE, async (request, reply) => {
    const form = ownForm(request);
    const email = form.get('email') ?? '';
    try {
      const user = await useLink(host, { token: request.params.token, password: form.get('password') ?? '', email });
      giveCookie(request, reply, await beginSession(host, user));
      await noteAudit(host, { at: host.now(), who: user.email, what: 'set a password by a link', target: null });
      return reply.redirect('/', 303);
    } catch (error) {
      if (error instanceof TropaError && error.code === 'E_LINK') return linkPage(host, request, reply, {});
      return linkPage(host, request, reply, { email, error: toldOf(error) });
    }
  });
}

/** A stranger's page signs nobody in, not even as themselves. */
function ownForm(request: FastifyRequest): URLSearchParams {
  if (!isSameOrigin(request))
    throw new TropaError('E_FORBIDDEN', 'What changes something is asked for by pages of this server alone.');
  return formOf(request);
}

function toldOf(error: unknown): TropaError {
  if (error instanceof TropaError && TOLD.includes(error.code)) return error;
  throw error;
}

const STATUS: Readonly<Record<string, number>> = { E_TOO_MANY: 429, E_PASSWORD: 422, E_BAD_REQUEST: 400 };
const statusOf = ({ error }: Shown): number => (error === undefined ? 200 : (STATUS[error.code] ?? 401));

function signInPage({ oidc }: HttpHost, request: FastifyRequest, reply: FastifyReply, shown: Shown): FastifyReply {
  const { lang, words } = signInWords(request.headers['accept-language']);
  const asksCode = shown.error?.code === 'E_CODE_NEEDED';
  const body = html`${alert(words, shown)}<form method="post" action="/login">
${emailField(words, shown.email ?? '')}
<label>${words.password}<input type="password" name="password" required maxlength="800" autocomplete="current-password"></label>
<label>${words.code}<input name="code" maxlength="40" autocomplete="one-time-code"${asksCode ? html` required` : null}></label>
<button>${words.go}</button>
</form>
${oidc === undefined ? null : html`<p class="other"><a href="/login/oidc">${words.provider}</a></p>`}<p class="quiet">${words.forgot}</p>`;
  return card(reply, lang, words.title, body, statusOf(shown));
}

async function linkPage(
  host: HttpHost,
  request: FastifyRequest<Tokened>,
  reply: FastifyReply,
  shown: Shown,
): Promise<FastifyReply> {
  const { lang, words } = signInWords(request.headers['accept-language']);
  const link = await linkOf(host, request.params.token);
  if (link === null) return card(reply, lang, words.gone, html`<p>${words.goneNote}</p>`, 410);
  const who = link.email === null ? emailField(words, shown.email ?? '') : html`<p>${link.email}</p>`;
  const body = html`${alert(words, shown)}${link.email === null ? html`<p>${words.firstNote}</p>` : null}<form method="post">
${who}
<label>${words.fresh}<input type="password" name="password" required minlength="10" maxlength="200" autocomplete="new-password" aria-describedby="note"></label>
<p class="quiet" id="note">${words.freshNote}</p>
<button>${words.set}</button>
</form>`;
  return card(reply, lang, link.email === null ? words.first : words.reset, body, statusOf(shown));
}

const emailField = (words: SignInWords, value: string): Html =>
  html`<label>${words.email}<input type="email" name="email" value="${value}" required maxlength="254" autocomplete="username"></label>`;

const alert = (words: SignInWords, { error }: Shown): Html | null =>
  error === undefined ? null : html`<p class="wrong" role="alert">${words.errors[error.code] ?? error.message}</p>`;

function card(reply: FastifyReply, lang: string, title: string, body: Html, status: number): FastifyReply {
  const page = html`<main>
<p class="brand">Tropa</p>
<h1>${title}</h1>
${body}
</main>`;
  return sendPage(reply, { title: `${title} · Tropa`, lang, style: STYLE, body: page, status });
}

const STYLE = `:root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;--ink:#1a1d21;--quiet:#5c6570;--line:#c3c9d0;--act:#3b5bdb;--wrong:#b02525;--wrong-page:#fdeeee}
@media(prefers-color-scheme:dark){:root{--page:#141619;--card:#1f2226;--ink:#eceef0;--quiet:#a3abb4;--line:#4a515a;--act:#4c6ef5;--wrong:#ff9d9d;--wrong-page:#3a1f21}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:16px;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:400px;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:28px;overflow-wrap:anywhere}
h1{font-size:24px;line-height:1.25;margin:0 0 20px}
.brand{margin:0 0 4px;color:var(--quiet);font-weight:600}
label{display:block;margin:0 0 16px;font-weight:500}
input{display:block;width:100%;margin-top:6px;padding:10px 12px;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:8px}
input:focus-visible,button:focus-visible{outline:3px solid var(--act);outline-offset:2px}
button{width:100%;padding:11px 16px;font:inherit;font-weight:600;color:#fff;background:var(--act);border:0;border-radius:8px;cursor:pointer}
.quiet{color:var(--quiet);font-size:14px;margin:0 0 16px}
a{color:inherit}
.other{margin:16px 0 0;text-align:center;font-weight:500}
form~.quiet{margin:16px 0 0}
.wrong{margin:0 0 16px;padding:10px 12px;border-radius:8px;color:var(--wrong);background:var(--wrong-page)}`;
