// Every operation by the name it has on the socket.

import * as journeys from './journeys.ts';
import * as messages from './messages.ts';
import type { Operation } from './operation.ts';
import * as reports from './reports.ts';
import * as upkeep from './upkeep.ts';

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  deploy: journeys.deployFolder,
  pause: journeys.pause,
  resume: journeys.resume,
  archive: journeys.archive,
  start: journeys.start,
  send: journeys.send,
  inbox: messages.inbox,
  act: messages.act,
  resolve: messages.resolve,
  explain: reports.explain,
  stats: reports.stats,
  audit: reports.audit,
  faults: reports.faults,
  retry: reports.retry,
  doctor: reports.doctor,
  backup: upkeep.backup,
  clock: upkeep.clock,
  drain: upkeep.drain,
};
