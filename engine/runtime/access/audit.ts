// Who did what: one line for each change that somebody made through the API, kept in the store in pages of bounded size
// that are only ever added to. What was sent is not in it, only what it was about (P30).

import type { Instant } from '../../language/values.ts';
import { amend } from '../amend.ts';
import type { AccessDesk } from './book.ts';

export interface AuditLine {
  readonly at: Instant;
  /** Email of a user, name of a key, or how else it was done. */
  readonly who: string;
  /** The route, or what else was done. */
  readonly what: string;
  /** What it was done to, where the route names it. */
  readonly target: string | null;
}

const HEAD = 'audit';
const PAGE = 200;
const pageKey = (number: number): string => `audit ${number}`;

/** Writes a line; durable on return. */
export async function noteAudit({ store }: Pick<AccessDesk, 'store'>, line: AuditLine): Promise<void> {
  for (;;) {
    const head = await headOf(store);
    let full = false;
    await amend<readonly AuditLine[]>(store, pageKey(head), (lines) => {
      full = (lines?.length ?? 0) >= PAGE;
      return full ? lines : [...(lines ?? []), line];
    });
    if (!full) return;
    await amend<number>(store, HEAD, (known) => ((known ?? 0) > head ? known : head + 1));
  }
}

/** Lines, newest first, a page at a time; `next` asks for older ones. */
export async function readAudit(
  { store }: Pick<AccessDesk, 'store'>,
  page: number | null,
): Promise<{ readonly lines: readonly AuditLine[]; readonly next: number | null }> {
  const number = page ?? (await headOf(store));
  const text = await store.meta(pageKey(number));
  const lines = text === null ? [] : (JSON.parse(text) as AuditLine[]);
  return { lines: lines.toReversed(), next: number > 0 ? number - 1 : null };
}

async function headOf(store: AccessDesk['store']): Promise<number> {
  return Number((await store.meta(HEAD)) ?? 0);
}
