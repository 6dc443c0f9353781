// Errors as RFC 9457 problem details with our code. What a request did wrong is named; what it contained is not (P30).

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import * as errors from '../language/errors.ts';
import { type ErrorKind, TropaError } from '../language/errors.ts';

/** Seconds a caller should wait when the store cannot take more. */
const RETRY_AFTER = 5;

/** Statuses of codes that only this room answers with, and of those the table of errors may not name. */
const STATUS: Readonly<Record<string, number>> = {
  E_BAD_REQUEST: 400,
  E_BAD_EVENT: 400,
  E_NO_IDENTITY: 400,
  E_RESERVED_NAME: 400,
  E_UNAUTHORIZED: 401,
  E_FORBIDDEN: 403,
  E_NOT_FOUND: 404,
  E_NO_SUCH_MESSAGE: 404,
  E_NO_SUCH_JOURNEY: 404,
  E_METHOD: 405,
  E_TIMEOUT: 408,
  E_TOO_LARGE: 413,
  E_MEDIA_TYPE: 415,
  E_UNAVAILABLE: 503,
  E_INTERNAL: 500,
};
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  429: 'Too many requests',
  431: 'Request header fields too large',
  500: 'Internal error',
  503: 'Service unavailable',
};

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** What the sender should do, as the table of errors says it. */
  readonly remedy?: string;
}

/** The table of errors, as far as it is there: codes are added to it, never taken away. */
const TABLE: Readonly<Record<string, ErrorKind>> =
  'ERRORS' in errors ? (errors.ERRORS as Record<string, ErrorKind>) : {};

/** HTTP status of a code; an unknown code is our own mistake. */
function statusOf(code: string): number {
  return TABLE[code]?.http ?? STATUS[code] ?? 500;
}

/** A problem by its code, as `application/problem+json` writes it. */
export function problemOf(code: string, detail: string, status = statusOf(code)): Problem {
  const remedy = TABLE[code]?.remedy;
  return {
    type: `https://tropa.dev/errors#${code.toLowerCase()}`,
    title: TITLES[status] ?? 'Error',
    status,
    code,
    detail,
    ...(remedy !== undefined && { remedy }),
  };
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, code: string, detail: string, status?: number): FastifyReply {
  const problem = problemOf(code, detail, status);
  if (problem.status === 429) reply.header('retry-after', String(15 * 60));
  if (problem.status === 503) reply.header('retry-after', String(RETRY_AFTER));
  // Of the API a browser asks no password by itself.
  const api = reply.request.url.startsWith('/api/');
  if (problem.status === 401 && !api) reply.header('www-authenticate', 'Basic realm="tropa", charset="UTF-8"');
  return reply.code(problem.status).header('cache-control', 'no-store').type('application/problem+json').send(problem);
}

const BY_STATUS: Readonly<Record<number, string>> = {
  404: 'E_NOT_FOUND',
  405: 'E_METHOD',
  408: 'E_TIMEOUT',
  413: 'E_TOO_LARGE',
  415: 'E_MEDIA_TYPE',
};

/** Answers whatever was thrown. Faults of ours are logged by place, and told to nobody. */
export function answerError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof TropaError) {
    const status = statusOf(error.code);
    if (status < 500 || status === 503) return sendProblem(reply, error.code, error.message, status);
  }
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status >= 400 && status < 500) {
    const known = BY_STATUS[status];
    return sendProblem(reply, known ?? 'E_BAD_REQUEST', error.message, known === undefined ? 400 : status);
  }
  request.log.error({ fault: placeOf(error), route: request.routeOptions.url }, 'a request failed');
  return sendProblem(reply, 'E_INTERNAL', 'Something failed here; the log has more.', 500);
}

/** Name and stack of an error without its message, which may quote what a customer typed (P30). */
export function placeOf(error: unknown): { name: string; code?: string; stack: string[] } {
  if (!(error instanceof Error)) return { name: typeof error, stack: [] };
  const stack = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    stack: stack.slice(0, 8).map((line) => line.trim()),
  };
}
