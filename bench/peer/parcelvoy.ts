// Parcelvoy's client API: `POST /api/client/identify` and, in batches, `POST /api/client/events`, both answered with 204
// once queued (apps/platform/src/client/ClientController.ts of parcelvoy/platform). The key is a public one of a project.

import { CART, type Peer } from './peer.ts';

export function parcelvoy(key: string): Peer {
  return {
    name: 'Parcelvoy',
    headers: { authorization: `Bearer ${key}` },
    introduce: (people) =>
      people.map((n) => ({
        path: '/api/client/identify',
        body: {
          external_id: `p${n}`,
          email: `p${n}@bench.example`,
          data: { first_name: `Person ${n}`, country: 'LV' },
        },
      })),
    tell: (events) => ({
      path: '/api/client/events',
      body: events.map(({ n, person }) => ({ name: 'bench.go', external_id: `p${person}`, data: { n, ...CART } })),
    }),
  };
}
