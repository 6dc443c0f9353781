// Small things a store keeps: who is not written to, the sandbox's messages, what doors refused, facts of the installation.

import { mongo } from 'mongoose';
import type { Instant } from '../../language/values.ts';
import type { SandboxMail, Store } from '../../ports/store.ts';
import type { Suppression } from '../../ports/suppressing.ts';
import { insertNew, patiently } from './failures.ts';
import { aliasesOf, erasedAmong, type Tables } from './tables.ts';

const REFUSED_KEPT = 7 * 86_400_000;

type Refused = Parameters<Store['keepRefused']>[0];

export async function suppressed(tables: Tables, addresses: readonly string[]): Promise<ReadonlySet<string>> {
  if (addresses.length === 0) return new Set();
  const found = await patiently(() => tables.suppressions.find({ _id: { $in: [...addresses] } }).toArray());
  return new Set(found.map(({ _id }) => _id));
}

export async function suppress(tables: Tables, address: string, reason: string, at: Instant): Promise<void> {
  await insertNew(tables.suppressions, [{ _id: address, reason, at }]);
}

export async function lift(tables: Tables, address: string): Promise<Suppression | null> {
  const found = await patiently(() => tables.suppressions.findOneAndDelete({ _id: address }));
  return found === null ? null : { address, reason: found.reason, at: found.at };
}

export async function keepMail(tables: Tables, mail: SandboxMail): Promise<void> {
  const { id, channel, to, at, content } = mail;
  const [aliases, erased, row] = await Promise.all([
    aliasesOf(tables, [mail.person]),
    erasedAmong(tables, [mail.person]),
    patiently(() => tables.messages.findOne({ _id: id }, { projection: { person: 1 } })),
  ]);
  // A message of somebody who was erased is nobody's.
  if (erased.size > 0 || row?.person === '') return;
  const person = aliases.get(mail.person) ?? mail.person;
  await patiently(() =>
    tables.mails.replaceOne(
      { _id: id },
      { person, channel, to, at, content: JSON.stringify(content) },
      { upsert: true },
    ),
  );
}

export async function keepRefused(tables: Tables, { at, source, code, detail, body }: Refused): Promise<void> {
  const _id = new mongo.ObjectId();
  await insertNew(tables.refused, [{ _id, at, source, code, detail, body }]);
  await patiently(() => tables.refused.deleteMany({ at: { $lt: at - REFUSED_KEPT } }));
}

export async function refused(tables: Tables, limit: number): Promise<Refused[]> {
  if (limit <= 0) return [];
  const found = await patiently(() => tables.refused.find({}).sort({ at: -1, _id: -1 }).limit(limit).toArray());
  return found.map(({ at, source, code, detail, body }) => ({ at, source, code, detail, body }));
}

export async function meta(tables: Tables, key: string): Promise<string | null> {
  return (await patiently(() => tables.meta.findOne({ _id: key })))?.value ?? null;
}

export async function setMeta(tables: Tables, key: string, value: string): Promise<void> {
  await patiently(() => tables.meta.updateOne({ _id: key }, { $set: { value } }, { upsert: true }));
}

export async function swapMeta(tables: Tables, key: string, was: string | null, value: string): Promise<boolean> {
  if (was === null) return (await insertNew(tables.meta, [{ _id: key, value }])).size === 0;
  const { matchedCount } = await patiently(() => tables.meta.updateOne({ _id: key, value: was }, { $set: { value } }));
  return matchedCount > 0;
}
