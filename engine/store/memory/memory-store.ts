// The laboratory's store: every promise of the port but survival. Each method is one synchronous step, so it is atomic.

import { TropaError } from '../../language/errors.ts';
import type { Store } from '../../ports/store.ts';
import { history, ingest } from './arrivals.ts';
import { backlog, claim, commit, load, nextWake, release } from './decisions.ts';
import { deploy, setJourney, versions, workspace } from './definitions.ts';
import { erase, isErased } from './erasing.ts';
import { forget, tallies } from './forgetting.ts';
import { copy, fence } from './ledger.ts';
import { alias } from './merge.ts';
import { counts, events, journal, mails, messages, people, suppressions } from './pages.ts';
import { frozenCopyOf } from './plain.ts';
import { currentPerson, emptyTables, type Refused, type Tables, wakeBy } from './tables.ts';

const REFUSED_KEPT = 7 * 86_400_000;

/** A store that lives and ends with this process. */
export function createMemoryStore(): Store {
  const tables = emptyTables();
  /** A method of the port from a step over the tables: what the step throws, the promise rejects with. */
  const step =
    <Args extends unknown[], Answer>(work: (tables: Tables, ...args: Args) => Answer) =>
    (...args: Args): Promise<Answer> =>
      new Promise((resolve) => resolve(work(tables, ...args)));
  return {
    ingest: step(ingest),
    claim: step(claim),
    release: step(release),
    nextWake: step(nextWake),
    backlog: step(backlog),
    load: step(load),
    history: step(history),
    suppressed: step((_, addresses) => new Set(addresses.filter((address) => tables.suppressed.has(address)))),
    suppress: step((_, address, reason, at) => {
      if (!tables.suppressed.has(address)) tables.suppressed.set(address, { reason, at });
    }),
    lift: step((_, address) => {
      const found = tables.suppressed.get(address);
      tables.suppressed.delete(address);
      return found === undefined ? null : { address, ...found };
    }),
    suppressions: step(suppressions),
    commit: step(commit),
    copy: step(copy),
    fence: step(fence),
    alias: step(alias),
    recover: step(recover),
    workspace: step(workspace),
    version: step((_, hash) => tables.versions.get(hash) ?? null),
    versions: step(versions),
    deploy: step(deploy),
    setJourney: step(setJourney),
    find: step((_, key) => tables.identities.get(key) ?? null),
    people: step(people),
    message: step((_, id) => tables.messages.get(id) ?? null),
    ledger: step((_, ids) => ids.flatMap((id) => tables.messages.get(id) ?? [])),
    messages: step(messages),
    journal: step(journal),
    events: step(events),
    counts: step(counts),
    erase: step(erase),
    scrub: step(() => ({ next: null, waits: false })),
    keepMail: step((_, mail) => {
      if (isErased(tables, mail.person) || tables.messages.get(mail.id)?.person === '') return;
      const person = currentPerson(tables, mail.person) ?? mail.person;
      tables.mails.set(mail.id, frozenCopyOf({ ...mail, person }));
    }),
    mails: step(mails),
    keepRefused: step(keepRefused),
    refused: step((_, limit) => tables.refused.slice(0, limit)),
    meta: step((_, key) => tables.meta.get(key) ?? null),
    setMeta: step((_, key, value) => {
      tables.meta.set(key, value);
    }),
    swapMeta: step((_, key, was, value) => {
      if ((tables.meta.get(key) ?? null) !== was) return false;
      tables.meta.set(key, value);
      return true;
    }),
    forget: step(forget),
    tallies: step(tallies),
    horizons: step(() => Object.fromEntries(tables.horizons)),
    backup: step(() => {
      throw new TropaError('E_BACKUP', 'a store in memory cannot be backed up. Use one in a data folder.');
    }),
    ping: step(() => undefined),
    close: step(() => undefined),
  };
}

/** Also wakes those whose intents were not known to be copied: a crash after their commit must lose nothing (I4). */
function recover(tables: Tables, now: number): void {
  for (const row of tables.people.values()) {
    if (row.digest.begun || row.uncopied !== null) wakeBy(tables, row, now);
  }
}

function keepRefused(tables: Tables, refused: Refused): void {
  const kept = tables.refused.filter(({ at }) => at >= refused.at - REFUSED_KEPT);
  tables.refused = [Object.freeze({ ...refused }), ...kept].sort((a, b) => b.at - a.at);
}
