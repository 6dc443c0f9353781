// The documents in which people's data were handed out (`privacy/` in the data folder). Whoever is erased is erased from these
// as well (P21): each is one person's, so it goes whole.

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdentityKey, PersonId } from '../core/person.ts';
import type { JsonObject } from '../language/values.ts';

const FOLDER = 'privacy';

/** Where they stand in a data folder. */
export const documentsIn = (data: string): string => join(data, FOLDER);

/** Somebody by every name they are known by. */
export interface Named {
  readonly people: readonly PersonId[];
  readonly identities: readonly IdentityKey[];
}

/** Removes the documents that are about them, finished or not; answers how many. */
export async function forgetDocuments(data: string, gone: Named): Promise<number> {
  const folder = documentsIn(data);
  const names = await readdir(folder).catch((): string[] => []);
  let removed = 0;
  for (const name of names.filter((one) => /\.json(\.part)?$/.test(one))) {
    const path = join(folder, name);
    const text = await readFile(path, 'utf8').catch(() => '');
    // Cut short by a kill, it is nobody's answer, and whose it was cannot be told.
    if (!name.endsWith('.part') && !isAbout(text, gone)) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

function isAbout(text: string, { people, identities }: Named): boolean {
  try {
    const { people: told, identities: asked } = JSON.parse(text) as { people: JsonObject[]; identities: string[] };
    const names = [...asked, ...told.flatMap((one) => [String(one.person), ...(one.identities as string[])])];
    return names.some((name) => people.includes(name) || identities.includes(name));
  } catch {
    return false;
  }
}
