// The control socket: how a command finds the engine that runs on a data folder. One JSON request, one JSON answer.

import { createHash } from 'node:crypto';
import { chmod, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TropaError } from '../language/errors.ts';
import type { Json, JsonObject } from '../language/values.ts';

/** Unix socket paths end at 107 bytes; a folder deeper than that gets a socket named after it elsewhere. */
export function socketPath(data: string): string {
  const own = join(resolve(data), 'tropa.sock');
  if (Buffer.byteLength(own) <= 100) return own;
  return join(tmpdir(), `tropa-${createHash('sha256').update(own).digest('hex').slice(0, 24)}.sock`);
}

export type Answer = (operation: string, args: JsonObject) => Promise<Json>;

/** Listens for commands; only the owner of the process may connect. */
export async function serveSocket(data: string, answer: Answer): Promise<Server> {
  const path = socketPath(data);
  await rm(path, { force: true });
  const server = createServer((request, response) => {
    const reply = (status: number, body: Json) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    bodyOf(request)
      .then((body) => answer((request.url ?? '/').slice(1), JSON.parse(body || '{}') as JsonObject))
      .then((body) => reply(200, body))
      .catch((error: unknown) => reply(400, { code: error instanceof TropaError ? error.code : 'E_INTERNAL', message: error instanceof Error ? error.message : String(error) }));
  });
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(path, done);
  });
  await chmod(path, 0o600);
  return server;
}

/** Asks the running engine. Null when none runs there. */
export function askSocket(data: string, operation: string, args: JsonObject): Promise<{ answer: Json } | null> {
  return new Promise((done, failed) => {
    const asked = httpRequest({ socketPath: socketPath(data), path: `/${operation}`, method: 'POST' }, (response) => {
      bodyOf(response)
        .then((text) => {
          const body = JSON.parse(text) as JsonObject;
          if (response.statusCode === 200) done({ answer: body });
          else failed(new TropaError(String(body.code), String(body.message)));
        })
        .catch(failed);
    });
    asked.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? done(null) : failed(error)));
    asked.end(JSON.stringify(args));
  });
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
