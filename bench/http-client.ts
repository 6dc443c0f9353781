// A lean HTTP/1.1 client for load: one socket, one request under way, answers read by their length. Node's own client
// would cost the generator more than the server it measures.

import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly ms: number;
}

export class Connection {
  readonly #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #waiting: { readonly since: number; readonly resolve: (answer: Answer) => void } | null = null;
  #failed: ((error: Error) => void) | null = null;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#failed?.(error));
    this.#socket.on('close', () => this.#failed?.(new Error('the server closed a connection')));
  }

  /** Sends one prepared request and waits for its whole answer. */
  async send(request: Buffer): Promise<Answer> {
    return await new Promise<Answer>((resolve, reject) => {
      this.#waiting = { since: performance.now(), resolve };
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#failed = null;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const end = this.#buffer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#buffer.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#buffer.length < end + 4 + length) return;
    this.#buffer = this.#buffer.subarray(end + 4 + length);
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({ status: Number(head.slice(9, 12)), ms: performance.now() - waiting.since });
  }
}

/** A POST of JSON with the benchmark's write key, ready to be written to a socket. */
export function post(path: string, body: unknown): Buffer {
  const text = JSON.stringify(body);
  const key = Buffer.from('bench:').toString('base64');
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Basic ${key}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
