// The connection: opened once, looked at before anything is touched, and every refusal with its remedy.

import mongoose, { type Connection, mongo } from 'mongoose';
import { TropaError } from '../../language/errors.ts';
import { codeOf, isDiskFull, toldAs } from './failures.ts';

/** Milliseconds in which a server has to answer the first time, and later on before it counts as away. */
const PATIENCE = 5_000;
const OLDEST = 5;

/**
 * Connects and sees that the server can be used. Throws E_STORE_UNREACHABLE, E_STORE_RIGHTS, E_STORE_OLD, or
 * E_UNAVAILABLE where its disk is full.
 */
export async function connect(url: string): Promise<Connection> {
  let connection: Connection | null = null;
  try {
    connection = mongoose.createConnection(url, {
      // Tokens decide what a write that got no answer has done; the driver must not do it twice by itself.
      retryWrites: false,
      w: 'majority',
      readPreference: 'primary',
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
      serverSelectionTimeoutMS: PATIENCE,
      connectTimeoutMS: PATIENCE,
      maxPoolSize: 24,
      ignoreUndefined: true,
    });
    await connection.asPromise();
    await refuseOld(connection);
    await tryWriting(connection);
    return connection;
  } catch (error) {
    await connection?.close(true).catch(() => undefined);
    throw error instanceof TropaError ? error : refusalOf(url, error);
  }
}

/** The database of an open connection. */
export function databaseOf({ db }: Connection): mongo.Db {
  if (db === undefined) throw new TropaError('E_UNAVAILABLE', 'The connection to the database is closed.');
  return db;
}

async function refuseOld(connection: Connection): Promise<void> {
  const { version } = (await databaseOf(connection).command({ buildInfo: 1 })) as { version: string };
  if (Number.parseInt(version, 10) < OLDEST)
    throw new TropaError(
      'E_STORE_OLD',
      `MongoDB ${version} is too old: ${OLDEST}.0 or newer is needed. Upgrade it first.`,
    );
}

/** Writes to a document that does not exist: nothing is touched, and whoever may not write is told so. */
async function tryWriting(connection: Connection): Promise<void> {
  const meta = databaseOf(connection).collection<{ _id: string }>('meta');
  await meta.updateOne({ _id: 'may I write here?' }, { $set: { value: '' } });
}

function refusalOf(url: string, error: unknown): unknown {
  const code = codeOf(error);
  if (isDiskFull(error)) return toldAs(error);
  if (code === 18 || code === 8000)
    return new TropaError('E_STORE_RIGHTS', 'MongoDB refuses the login of MONGODB_URL: correct its user and password.');
  if (code === 13)
    return new TropaError(
      'E_STORE_RIGHTS',
      'The user of MONGODB_URL may not read or write its database: grant it the role readWrite there.',
    );
  if (error instanceof mongo.MongoParseError || error instanceof mongo.MongoAPIError)
    return new TropaError(
      'E_CONFIG',
      `MONGODB_URL cannot be read (${error.message}). Write mongodb://host:27017/tropa.`,
    );
  return new TropaError(
    'E_STORE_UNREACHABLE',
    `MongoDB at ${hostOf(url)} cannot be reached within ${PATIENCE / 1_000} s: start it, or correct MONGODB_URL.`,
  );
}

/** Of an address only where it leads: the rest may be secret. */
function hostOf(url: string): string {
  return /@?([^@/?]+)(?:[/?]|$)/.exec(url.replace(/^[^:]+:\/\//, ''))?.[1] ?? 'the address given';
}
