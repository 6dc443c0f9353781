// Segments for the dashboard: each condition tried against a sample of people, with how far the share may be off, and
// against one person.

import type { Person } from '../../core/person.ts';
import { TropaError } from '../../language/errors.ts';
import { findPeople } from '../../reports/find-people.ts';
import type { HttpHost } from '../host.ts';
import { type ApiRoute, route } from './frame.ts';
import { nameOf } from './people.ts';

const SAMPLE = 1_000;
const Z = 1.96;

export function segmentRoutes(host: HttpHost): ApiRoute[] {
  return [
    route({ method: 'GET', url: '/api/segments', role: 'viewer', answer: () => shares(host) }),
    route({
      method: 'GET',
      url: '/api/segments/of',
      role: 'viewer',
      answer: async ({ query }) => {
        const { people } = await findPeople(host.store, query.q ?? '', { exactly: true });
        const [person] = people;
        if (person === undefined)
          throw new TropaError('E_NO_SUCH_PROFILE', 'Nobody is known by this email, phone or id.');
        const names = Object.keys(host.settings().segments);
        const inside = await Promise.all(names.map(async (name) => (await members(host, name, [person])).length > 0));
        return { person: person.id, name: nameOf(person), segments: names.filter((_, n) => inside[n]) };
      },
    }),
  ];
}

async function shares(host: HttpHost) {
  const people = await host.store.people({ limit: SAMPLE });
  const { people: all } = await host.store.counts();
  const segments = await Promise.all(
    Object.entries(host.settings().segments).map(async ([name, { text }]) => {
      const found = (await members(host, name, people)).length;
      const share = people.length === 0 ? 0 : found / people.length;
      return { name, text, members: found, share, error: errorOf(share, people.length, all) };
    }),
  );
  return { sample: people.length, people: all, segments };
}

/** Half of the 95 % interval of a share, smaller as the sample nears everybody. Person ids are hashes: their order is no order. */
function errorOf(share: number, sample: number, all: number): number {
  if (sample === 0 || sample >= all) return 0;
  return Z * Math.sqrt((share * (1 - share)) / sample) * Math.sqrt((all - sample) / (all - 1));
}

function members(host: HttpHost, segment: string, people: readonly Person[]): Promise<readonly Person[]> {
  return host.members?.(segment, people) ?? Promise.resolve([]);
}
