// Tropa by the same road, for whoever wants both sides measured by one program. Its mails have to reach the sink, so the
// workspace needs a sender; the figures of bench/README.md are of the sandbox.

import { CART, type Peer } from './peer.ts';

export function tropa(key: string): Peer {
  return {
    name: 'Tropa',
    headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` },
    introduce: (people) => [
      {
        path: '/v1/batch',
        body: {
          batch: people.map((n) => ({
            type: 'identify',
            userId: `p${n}`,
            traits: {
              email: `p${n}@bench.example`,
              first_name: `Person ${n}`,
              country: 'LV',
              consent: { email: true },
            },
          })),
        },
      },
    ],
    tell: (events) => ({
      path: '/v1/batch',
      body: {
        batch: events.map(({ n, person }) => ({
          type: 'track',
          userId: `p${person}`,
          event: 'bench.go',
          properties: { n, ...CART },
        })),
      },
    }),
  };
}
