// The MongoDB store runs the contract of all stores, on a real server or what stands in for it.

import { afterAll, beforeAll } from '@jest/globals';
import { type MongoServer, startMongo } from '../../testing/mongo-server.ts';
import { storeContract } from '../store.contract.ts';
import { openMongoStore } from './mongo-store.ts';

let server: MongoServer;
beforeAll(async () => {
  server = await startMongo();
}, 120_000);
afterAll(async () => await server.close());

const logger = { warn: () => undefined };

storeContract(
  'mongo',
  async () => {
    const url = server.fresh();
    let { store } = await openMongoStore(url, { engine: true, logger });
    return {
      store,
      async reopen() {
        await store.close();
        store = (await openMongoStore(url, { engine: true, logger })).store;
        return store;
      },
      dispose: () => store.close(),
    };
  },
  { persists: true },
);
