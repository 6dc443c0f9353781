// Operations on everything about one person: to remove it, to hand it out.

import { idOf } from '../../core/profile.ts';
import { dossier } from '../../reports/dossier.ts';
import { erase as eraseWhole, scrub as scrubAll } from '../../runtime/erasing.ts';
import { forgetDocuments } from '../privacy-documents.ts';
import type { Operation } from './operation.ts';
import { asJson, personOf, textOf } from './operation.ts';

/** Who would be erased, for whoever is asked whether they mean it. */
export const whois: Operation = async (house, args) => {
  const person = await personOf(house.store, textOf(args, 'profile'));
  return { profile: idOf(person), person: person.id, identities: person.identities };
};

/** Removes a person for good (P21), with what was handed out of them. */
export const erase: Operation = async (house, args) => {
  const person = await personOf(house.store, textOf(args, 'profile'));
  await forgetDocuments(house.config.data, { people: [person.id], identities: person.identities });
  return asJson({ profile: idOf(person), ...(await eraseWhole(house.store, person.id, house.clock.now())) });
};

/** Makes what was deleted unreadable in the files. */
export const scrub: Operation = async (house) => ({ scrubbed: await scrubAll(house.store) });

/** All about a person, as one document. */
export const exportPerson: Operation = async (house, args) => {
  const person = await personOf(house.store, textOf(args, 'profile'));
  return asJson(await dossier(house.store, person, house.clock.now()));
};
