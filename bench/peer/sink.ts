// A mail sink: an SMTP server that takes everything, keeps nothing but the subject's number and the moment, and is as
// fast as a socket. What a peer sends ends here.

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export interface Sink {
  readonly port: number;
  /** Number in the subject (`bench 17`) → when its mail had arrived, in milliseconds. */
  readonly arrived: ReadonlyMap<number, number>;
  /** Mails taken, those without a number and repeated ones too. */
  count(): number;
  close(): void;
}

/** Listens on 127.0.0.1; port 0 takes any that is free. */
export async function openSink(port: number): Promise<Sink> {
  const arrived = new Map<number, number>();
  let taken = 0;
  const server: Server = createServer((socket) => {
    serve(socket, (mail) => {
      taken += 1;
      const number = Number(/^subject:.*?bench (\d+)/im.exec(mail)?.[1] ?? Number.NaN);
      if (!Number.isNaN(number) && !arrived.has(number)) arrived.set(number, Date.now());
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    arrived,
    count: () => taken,
    close: () => server.close(),
  };
}

function serve(socket: Socket, take: (mail: string) => void): void {
  let text = '';
  let inData = false;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const command = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'DATA') inData = true;
    if (verb === 'DATA') say('354 go on');
    else if (verb === 'QUIT') socket.end('221 bye\r\n');
    else if (verb === 'EHLO') socket.write('250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n');
    else say('250 ok');
  };
  const hear = (part: string): void => {
    if (!inData) command(part);
    else {
      inData = false;
      take(part);
      say('250 taken');
    }
  };
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      const stop = inData ? '\r\n.\r\n' : '\r\n';
      const end = text.indexOf(stop);
      if (end < 0) return;
      const part = text.slice(0, end);
      text = text.slice(end + stop.length);
      hear(part);
    }
  });
  say('220 sink');
}
