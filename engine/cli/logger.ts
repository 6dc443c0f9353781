// What is written about ourselves while we run.

import pino, { type DestinationStream, type Logger } from 'pino';
import type { Config } from '../config.ts';
import { placeOf } from '../http/problem.ts';

/** Structured lines, on stderr unless told. Of an error its place is told and not its message, which may quote a customer (P30). */
export function createLogger(
  level: Config['logLevel'],
  stream: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger {
  return pino({ level, serializers: { err: placeOf } }, stream);
}
