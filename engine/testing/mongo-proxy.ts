// Stands between a client and a MongoDB server, reads what is asked, and does what networks and failing servers do: cuts
// the connection after the server has done as it was told and before its answer arrives, answers with an error instead,
// or is not there at all.

import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { mongo } from 'mongoose';
import { freePort } from './free-port.ts';

/** What becomes of one command. `cut`: it is carried out, and nobody hears of it. A number: the error of that code. */
export type Fate = 'pass' | 'cut' | number;

export interface MongoProxy {
  readonly port: number;
  /** Asked for every command but those by which drivers watch their servers. */
  fate: (command: string) => Fate;
  /** What is answered to a command instead of what the server would say: an old version, a clock that is off. */
  readonly says: Map<string, () => mongo.BSON.Document>;
  /** How many commands of a name came by. */
  readonly seen: Map<string, number>;
  /** Bytes that went either way. */
  bytes: number;
  /** Cuts every connection, and takes none until `mend`. */
  sever(): void;
  mend(): void;
  close(): Promise<void>;
}

const WATCHING = new Set(['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'buildInfo']);
const HEAD = 16;
const OP_MSG = 2013;

export async function startMongoProxy(target: number): Promise<MongoProxy> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let severed = false;
  const proxy: MongoProxy = {
    port,
    fate: () => 'pass',
    says: new Map(),
    seen: new Map(),
    bytes: 0,
    sever() {
      severed = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      severed = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
  const server: Server = createServer((client) => {
    if (severed) return void client.destroy();
    const upstream = createConnection(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    /** Requests whose answers nobody is to hear. */
    const unheard = new Set<number>();
    inMessages(client, (message) => {
      proxy.bytes += message.length;
      const command = commandOf(message);
      const fate = command === null || WATCHING.has(command) ? 'pass' : proxy.fate(command);
      if (command !== null) proxy.seen.set(command, (proxy.seen.get(command) ?? 0) + 1);
      const said = proxy.says.get(command ?? '');
      if (said !== undefined) return void client.write(answer(message.readInt32LE(4), { ok: 1, ...said() }));
      if (typeof fate === 'number') return void client.write(failure(message.readInt32LE(4), fate));
      if (fate === 'cut') unheard.add(message.readInt32LE(4));
      upstream.write(message);
    });
    inMessages(upstream, (message) => {
      proxy.bytes += message.length;
      if (unheard.delete(message.readInt32LE(8))) return void client.destroy();
      client.write(message);
    });
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return proxy;
}

/** Calls back with whole messages: their first four bytes are their length. */
function inMessages(socket: Socket, take: (message: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0);
      take(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  });
}

/** The name of the command in an OP_MSG: the first key of its body. Null for other kinds. */
function commandOf(message: Buffer): string | null {
  if (message.readInt32LE(12) !== OP_MSG || message[HEAD + 4] !== 0) return null;
  // Length of the document, type of its first value, then the name until a zero.
  const from = HEAD + 4 + 1 + 4 + 1;
  return message.toString('utf8', from, message.indexOf(0, from));
}

const failure = (request: number, code: number): Buffer =>
  answer(request, { ok: 0, code, errmsg: `told to fail with ${code}` });

function answer(request: number, document: mongo.BSON.Document): Buffer {
  const body = Buffer.from(mongo.BSON.serialize(document));
  const head = Buffer.alloc(HEAD + 5);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(request + 1, 4);
  head.writeInt32LE(request, 8);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, body]);
}
