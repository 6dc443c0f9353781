// What the writer's thread can be asked: the port's steps over the tables, each inside a transaction that others share.

import type { Database } from 'better-sqlite3';
import type { IdentityKey, PersonId } from '../../core/person.ts';
import type { Claim, CommitOutcome, FenceRow, HistoryAsk, IngestReceipt } from '../../ports/store.ts';
import { movedLineId } from '../journal-place.ts';
import { createClaims } from './claims.ts';
import { prepareDefinitions } from './definitions.ts';
import { prepareErasing, prepareGone } from './erasing.ts';
import { prepareEvents } from './events.ts';
import { forgetting, prepareForgetting } from './forgetting.ts';
import { preparePast } from './horizons.ts';
import { prepareIdentities } from './identities.ts';
import { type MailRow, prepareKeepsakes } from './keepsakes.ts';
import { prepareLedger } from './ledger.ts';
import { preparePeople } from './people.ts';
import { type ClaimRequest, prepareQueue } from './queue.ts';
import type { ChangeIn, CopyIn, EventIn, IntentIn, LoadedOut } from './rows.ts';
import { intentIn, personOut } from './rows.ts';
import type { Scrubber } from './scrubbing.ts';
import { prepareVisitors } from './visitors.ts';

export type WriterReads = ReturnType<typeof prepareWriter>['reads'];
export type WriterWrites = ReturnType<typeof prepareWriter>['writes'];

export function prepareWriter(db: Database, scrubber: Scrubber) {
  const claims = createClaims();
  const queue = prepareQueue(db, claims);
  const identities = prepareIdentities(db);
  const people = preparePeople(db, queue, claims);
  const events = prepareEvents(db, people, queue, identities);
  const ledger = prepareLedger(db);
  const definitions = prepareDefinitions(db, queue);
  const keepsakes = prepareKeepsakes(db);
  const past = preparePast(db);
  const gone = prepareGone(db);
  const visitors = prepareVisitors(db, past, people, claims);

  function load(ids: readonly PersonId[]): LoadedOut[] {
    const found = new Set(ids.map((id) => identities.current(id)).filter((id) => id !== null));
    return [...found].map((id) => ({ body: people.body(id)!, inboxSeq: queue.inboxSeq(id), ...events.undone(id) }));
  }

  function copyOne(origin: PersonId, person: PersonId, intent: IntentIn): void {
    if (past.has(origin, intent)) return;
    if (intent.kind === 'done') events.markDone(intent.id);
    else if (intent.kind === 'emit') events.emitted(intent.event, person, intent.applied);
    else if (intent.kind === 'ledger') ledger.change(person, intent.change);
    else ledger.note(person, { ...intent, id: person === origin ? intent.id : movedLineId(intent.id, origin) });
  }

  function copy({ person, intents, lastIntent }: CopyIn): void {
    if (gone.has(person)) return;
    const current = identities.standsFor(person);
    for (const intent of intents) copyOne(person, current, intent);
    people.copied(person, lastIntent);
  }

  function commit(change: ChangeIn, token: string | null): CommitOutcome {
    const outcome = people.commit(change, token);
    if (outcome === 'lost' || change.intents === null) return outcome;
    for (const intent of change.intents) copyOne(change.id, change.id, intent);
    return 'copied';
  }

  function alias(loser: PersonId, winning: PersonId): void {
    const winner = identities.current(winning);
    const body = people.body(loser);
    if (body === null || winner === loser) return;
    if (winner === null) throw new Error(`cannot make ${loser} an alias: there is no person ${winning}`);
    // The loser decides nothing any more, so what it still had to say is copied now or never (I4).
    const intents = personOut(body).intents.map((intent) => intentIn(loser, intent));
    copy({ person: loser, intents, lastIntent: null });
    identities.become(loser, winner);
    events.move(loser, winner);
    ledger.move(loser, winner);
    keepsakes.moveMails(loser, winner);
    people.remove(loser);
    claims.drop(loser);
  }

  const commitAll = (changes: readonly ChangeIn[], token: string | null): CommitOutcome[] =>
    changes.map((change) => commit(change, token));

  return {
    /** Answered before the writes that wait beside them. */
    reads: {
      claim: (request: ClaimRequest): Claim => queue.claim(request),
      release: (claim: Claim): void => claims.release(claim),
      nextWake: queue.nextWake,
      load,
      history: (asks: readonly HistoryAsk[]) => asks.map((ask) => events.history(ask)),
      suppressed: keepsakes.suppressed,
      workspace: definitions.workspace,
      version: definitions.version,
      versions: definitions.versions,
      find: (key: IdentityKey) => identities.find(key),
      meta: keepsakes.meta,
      /** Outside of any transaction. */
      scrub: scrubber.scrub,
    },
    /** Answered once durable. */
    writes: {
      ingest: (incoming: readonly EventIn[]): IngestReceipt[] => incoming.map(events.ingest),
      commit: commitAll,
      /** The same, before what else waits. */
      commitFirst: commitAll,
      copy: (work: readonly CopyIn[]): void => work.forEach(copy),
      fence: (rows: readonly FenceRow[]): boolean[] =>
        rows.map((row) => !gone.has(row.person) && ledger.fence({ ...row, person: identities.standsFor(row.person) })),
      alias,
      recover: queue.recover,
      forget: forgetting({ ...prepareForgetting(db, past), people: visitors }, past),
      erase: prepareErasing(db, { past, people, queue, claims, copy }, gone),
      deploy: definitions.deploy,
      setJourney: definitions.setJourney,
      suppress: keepsakes.suppress,
      lift: keepsakes.lift,
      keepMails: (mails: readonly MailRow[]): boolean[] =>
        mails.map(
          (mail) =>
            !gone.has(mail.person) &&
            !ledger.isNobodys(mail.id) &&
            keepsakes.keepMail({ ...mail, person: identities.standsFor(mail.person) }),
        ),
      keepRefused: keepsakes.keepRefused,
      setMeta: keepsakes.setMeta,
      swapMeta: keepsakes.swapMeta,
      ping: keepsakes.pulse,
    },
  };
}
