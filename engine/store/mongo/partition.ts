// Partitions: people are spread over 256 of them by hash of their id, and partitions over the workers alive.

import { createHash } from 'node:crypto';
import type { PersonId } from '../../core/person.ts';

export const PARTITIONS = 256;

/** Ids of people are hashes already, of which the first byte is as good as any; others are hashed. */
export function partitionOf(person: PersonId): number {
  if (/^[0-9a-f]{32}$/.test(person)) return Number.parseInt(person.slice(0, 2), 16);
  return createHash('sha256').update(person).digest()[0] ?? 0;
}

/**
 * Who of these workers looks after each partition, by rendezvous hashing: everybody who sees the same workers finds the
 * same, and when one comes or goes only its own share moves.
 */
export function shares(workers: readonly string[]): readonly (string | null)[] {
  const score = (worker: string, partition: number): string =>
    createHash('sha256').update(`${worker}/${partition}`).digest('hex');
  return Array.from({ length: PARTITIONS }, (_, partition) => {
    let best: { readonly worker: string; readonly score: string } | null = null;
    for (const worker of workers) {
      const own = score(worker, partition);
      if (best === null || own > best.score) best = { worker, score: own };
    }
    return best?.worker ?? null;
  });
}
