// A real Chromium, and small pages of an origin of their own, as a shop has them.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';

/** Debian's, as `.ci/run` installs it; another by CHROMIUM. */
const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Starts a browser; it must be closed. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox', '--disable-gpu'] });
}

export interface Page {
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Site {
  /** `http://localhost:PORT`: another origin than 127.0.0.1. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves pages under `http://localhost`, which browsers take for a secure context. */
export async function openSite(pageOf: (path: string) => Page | null): Promise<Site> {
  const server: Server = createServer((request, response) => {
    const page = pageOf(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (page === null) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': page.type, ...page.headers }).end(page.body);
  });
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
