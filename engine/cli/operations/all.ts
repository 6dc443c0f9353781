// Every operation by the name it has on the socket.

import { TropaError } from '../../language/errors.ts';
import * as importing from './importing.ts';
import * as journeys from './journeys.ts';
import * as messages from './messages.ts';
import type { Operation } from './operation.ts';
import * as people from './people.ts';
import * as reports from './reports.ts';
import * as restored from './restored.ts';
import * as senders from './senders.ts';
import * as sources from './sources.ts';
import * as starting from './starting.ts';
import * as suppressing from './suppressing.ts';
import * as upkeep from './upkeep.ts';
import * as users from './users.ts';

const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    deploy: journeys.deployFolder,
    pause: journeys.pause,
    resume: journeys.resume,
    archive: journeys.archive,
    start: starting.start,
    send: messages.send,
    inbox: messages.inbox,
    act: messages.act,
    resolve: messages.resolve,
    explain: reports.explain,
    stats: reports.stats,
    audit: reports.audit,
    faults: reports.faults,
    retry: reports.retry,
    suppress: suppressing.suppress,
    suppressions: suppressing.suppressions,
    lift: suppressing.lift,
    import: importing.importRows,
    whois: people.whois,
    erase: people.erase,
    export: people.exportPerson,
    scrub: people.scrub,
    doctor: upkeep.doctor,
    sender: senders.setSender,
    backup: upkeep.backup,
    latest: sources.latest,
    refusals: sources.refusals,
    recall: sources.recall,
    release: restored.release,
    clock: upkeep.clock,
    drain: upkeep.drain,
    keep: upkeep.keep,
    ping: upkeep.ping,
    user: users.user,
  }),
);

/** The operation of a name. Throws E_NOT_FOUND for one that this version does not know. */
export function operationOf(name: string): Operation {
  const operation = OPERATIONS.get(name);
  if (operation === undefined)
    throw new TropaError('E_NOT_FOUND', `The engine knows no operation "${name}". Is it of another version?`);
  return operation;
}
