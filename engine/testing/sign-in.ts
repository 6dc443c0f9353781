// Signing in as a test needs it: over real HTTP, as a browser does it.

/** What a browser sends with a request of a page of the server's own. */
export const OWN_PAGE = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };

const cookieIn = (response: Response): string => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

/** Sets a password by a link and answers the session's cookie. */
export async function byLink(link: string, password: string, email?: string): Promise<string> {
  const url = new URL(link);
  const token = url.pathname.split('/').at(-1) ?? '';
  const response = await fetch(`${url.origin}/api/session/password`, {
    method: 'POST',
    headers: OWN_PAGE,
    body: JSON.stringify({ token, password, ...(email !== undefined && { email }) }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return cookieIn(response);
}

/** The first admin by the link that the server printed; the session's cookie. */
export const firstAdmin = (setup: string): Promise<string> =>
  byLink(setup, 'a long sentence as password', 'admin@lumen.example');
