// One way to ask the server: same origin, the session's cookie, errors as the server's problem details.

import { noteConnection } from '../shell/lost.ts';

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string | null;
  /** Everything else the problem carries: the faults of a check, the difference of a stale publish. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    super(typeof problem.detail === 'string' ? problem.detail : `HTTP ${status}`);
    this.status = status;
    this.code = typeof problem.code === 'string' ? problem.code : 'E_NETWORK';
    this.remedy = typeof problem.remedy === 'string' ? problem.remedy : null;
    this.more = problem;
  }
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** An address with its questions; what is empty is left out. */
export function addressOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? path : `${path}?${text}`;
}

async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch {
    noteConnection(false);
    throw new ApiError(0, { code: 'E_NETWORK' });
  }
  noteConnection(true);
  const text = await response.text();
  const answer: unknown = text === '' ? null : parsed(text);
  if (!response.ok) throw new ApiError(response.status, (answer ?? {}) as Record<string, unknown>);
  return answer as Answer;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export const get = <Answer>(path: string, query: Query = {}): Promise<Answer> => ask('GET', addressOf(path, query));
export const post = <Answer>(path: string, body: unknown = {}): Promise<Answer> => ask('POST', path, body);
export const remove = <Answer>(path: string): Promise<Answer> => ask('DELETE', path);
