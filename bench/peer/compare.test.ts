// The comparison against a stand-in of a peer that queues, sends by SMTP, loses one mail and doubles another.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { compare } from './compare.ts';
import { parcelvoy } from './parcelvoy.ts';
import { openSink } from './sink.ts';

/** Sends one mail over a connection of its own. */
async function send(port: number, subject: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const lines = ['EHLO x', 'MAIL FROM:<a@x.example>', 'RCPT TO:<b@x.example>', 'DATA'];
  socket.write(`${lines.join('\r\n')}\r\nSubject: ${subject}\r\n\r\nHello\r\n.\r\nQUIT\r\n`);
  socket.resume();
  await once(socket, 'close');
}

test('counts what a peer acknowledges, sends, loses and doubles', async () => {
  const sink = await openSink(0);
  const known = new Set<string>();
  const peer = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', async () => {
      expect(request.headers.authorization).toBe('Bearer secret');
      response.writeHead(204).end();
      const told = JSON.parse(body);
      if (request.url === '/api/client/identify') known.add(told.external_id);
      else
        for (const { external_id, data } of told) {
          expect(known.has(external_id)).toBe(true);
          if (data.n === 7) continue;
          await send(sink.port, `bench ${data.n}`);
          if (data.n === 9) await send(sink.port, `bench ${data.n}`);
        }
    });
  }).listen(0, '127.0.0.1');
  await once(peer, 'listening');
  const url = `http://127.0.0.1:${(peer.address() as AddressInfo).port}`;
  const size = { people: 5, events: 30, batch: 10, connections: 2, patienceMs: 500 };
  const figures = await compare(url, parcelvoy('secret'), sink, size);
  const value = (name: string) => figures.find((figure) => figure.name.endsWith(name))?.value;
  expect(value('messages lost')).toBe(1);
  expect(value('messages doubled')).toBe(1);
  expect(value('events → messages')).toBeGreaterThan(0);
  expect(known.size).toBe(5);
  peer.close();
  peer.closeAllConnections();
  sink.close();
});
