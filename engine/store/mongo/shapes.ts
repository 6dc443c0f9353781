// Documents as the engine knows them, and back.

import type { JournalEntry, MessageRow, Person } from '../../core/person.ts';
import type { JsonObject } from '../../language/values.ts';
import type { Change, JournalLine, SandboxMail, StoredEvent } from '../../ports/store.ts';
import { digest } from '../person-digest.ts';
import { type EventDoc, type LineDoc, type MailDoc, type MessageDoc, NEVER, type PersonDoc } from './documents.ts';

export const personOut = ({ body }: Pick<PersonDoc, 'body'>): Person => JSON.parse(body) as Person;

export function eventOut(doc: EventDoc): StoredEvent {
  const { _id: id, person, source, name, at, received, hops, done } = doc;
  const data = JSON.parse(doc.data) as JsonObject;
  const [who, links] = [JSON.parse(doc.who) as string[], JSON.parse(doc.links) as string[]];
  return { id, person, source, name, at, received, data, who, links, hops, done };
}

/** Rows of the ledger carry their person in a field of its own: it changes when people are merged. */
export const messageOut = ({ person, body }: Pick<MessageDoc, 'person' | 'body'>): MessageRow => ({
  ...(JSON.parse(body) as MessageRow),
  person,
});

export function messageDoc(row: MessageRow, v: number, token: string): MessageDoc {
  const { id: _id, person, journey, channel, status, at } = row;
  return { _id, person, journey, channel, status, at, v, token, body: JSON.stringify(row) };
}

export const lineOut = ({ person, id, body }: LineDoc): JournalLine => ({
  ...(JSON.parse(body) as JournalEntry),
  person,
  id,
});

export const mailOut = ({ _id: id, content, ...rest }: MailDoc): SandboxMail => ({
  ...rest,
  id,
  content: JSON.parse(content) as JsonObject,
});

/** What a commit writes of a person, but for when they are due. */
export function committed({ person, inboxSeq }: Change, token: string) {
  const { inside, enrollments, faulted, begun, lastIntent: owed } = digest(person);
  const { rev } = person;
  return { rev, token, seen: inboxSeq, body: JSON.stringify(person), inside, enrollments, faulted, begun, owed };
}

export const dueOf = ({ wakeAt }: Pick<Change, 'wakeAt'>): number => wakeAt ?? NEVER;

/** Orders the lines of one moment: by revision and place in it, then by person. */
export function placeOf(origin: string, id: string): string {
  const [rev = '0', n = '0'] = id.split('@')[0]?.split('.') ?? [];
  return `${rev.padStart(10, '0')}.${n.padStart(6, '0')}/${origin}`;
}
