// The control socket: how a command finds the engine that runs on a data folder. One JSON request, one JSON answer.

import { chmodSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { type Fault, TropaError } from '../language/errors.ts';
import type { Json, JsonObject } from '../language/values.ts';
import { CheckFailed } from '../runtime/deploy.ts';
import { prepareSocketPath, socketPath } from './socket-path.ts';

export type Answer = (operation: string, args: JsonObject) => Promise<Json>;

/** Listens for commands; only the owner of the process may connect. To be called by whoever holds the folder's lock. */
export async function serveSocket(data: string, answer: Answer): Promise<Server> {
  const path = prepareSocketPath(data);
  // Left behind by a process that was killed: the lock says that nobody listens there.
  rmSync(path, { force: true });
  const server = createServer((request, response) => {
    const reply = (status: number, body: Json) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    bodyOf(request)
      .then((body) => answer((request.url ?? '/').slice(1), JSON.parse(body || '{}') as JsonObject))
      .then((body) => reply(200, body))
      .catch((error: unknown) => reply(400, describe(error)));
  });
  // Nobody else may connect even for the moment between making the socket and closing it to others.
  const before = process.umask(0o177);
  try {
    await new Promise<void>((done, failed) => {
      server.once('error', failed);
      server.listen(path, done);
    });
  } finally {
    process.umask(before);
  }
  chmodSync(path, 0o600);
  return server;
}

/** Asks the running engine. Null when none runs there. */
export function askSocket(data: string, operation: string, args: JsonObject): Promise<{ answer: Json } | null> {
  return new Promise((done, failed) => {
    const asked = httpRequest({ socketPath: socketPath(data), path: `/${operation}`, method: 'POST' }, (response) => {
      bodyOf(response)
        .then((text) => {
          const body = JSON.parse(text) as Json;
          if (response.statusCode === 200) done({ answer: body });
          else failed(understand(body as JsonObject));
        })
        .catch(failed);
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') done(null);
      else
        failed(
          new TropaError(
            'E_UNAVAILABLE',
            `The engine on ${data} ended before it answered (${error.code ?? error.message}).`,
          ),
        );
    });
    asked.end(JSON.stringify(args));
  });
}

function describe(error: unknown): JsonObject {
  const code = error instanceof TropaError ? error.code : 'E_INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  const faults = error instanceof CheckFailed ? { faults: JSON.parse(JSON.stringify(error.faults)) as Json } : {};
  return { code, message, ...faults };
}

function understand(body: JsonObject): TropaError {
  if (Array.isArray(body.faults)) return new CheckFailed(body.faults as unknown as Fault[]);
  return new TropaError(String(body.code), String(body.message));
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
