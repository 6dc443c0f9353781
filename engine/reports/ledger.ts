// The whole ledger and the whole journal, page by page: what every recount reads.

import type { MessageRow } from '../core/person.ts';
import type { Instant } from '../language/values.ts';
import type { JournalLine, Store } from '../ports/store.ts';

const PAGE = 2_000;

/** Every line of the journal, oldest first; of one journey or one person where named. */
export async function* journalOf(
  store: Store,
  filter: { journey?: string; person?: string } = {},
): AsyncGenerator<JournalLine> {
  let after: string | undefined;
  for (;;) {
    const lines = await store.journal({ ...filter, limit: PAGE, ...(after !== undefined && { after }) });
    yield* lines;
    const last = lines.at(-1);
    if (lines.length < PAGE || last === undefined) return;
    after = `${last.person}/${last.id}`;
  }
}

/** Every row of the ledger, newest first; of one journey or one person where named. */
export async function* messagesOf(
  store: Store,
  filter: { journey?: string; person?: string } = {},
): AsyncGenerator<MessageRow> {
  let before: string | undefined;
  for (;;) {
    const rows = await store.messages({ ...filter, limit: PAGE, ...(before !== undefined && { before }) });
    yield* rows;
    if (rows.length < PAGE) return;
    before = rows.at(-1)?.id;
  }
}

/** When a message left, was held or was skipped. */
export function leftTime({ times, at }: MessageRow): Instant {
  return times.sending ?? times.sent ?? times.skipped ?? times.held ?? at;
}
