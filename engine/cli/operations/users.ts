// Operations on users: a link by which somebody may set a password, as only whoever has the machine may ask for.

import { TropaError } from '../../language/errors.ts';
import { noteAudit } from '../../runtime/access/audit.ts';
import { type AccessDesk, ROLES, type Role } from '../../runtime/access/book.ts';
import { addUser, resetUser } from '../../runtime/access/users.ts';
import { type House, publicUrl } from '../house.ts';
import { type Operation, optionalText, textOf } from './operation.ts';

/** What the room of access needs of a house. */
export const deskOf = ({ store, secret, clock }: Pick<House, 'store' | 'secret' | 'clock'>): AccessDesk => ({
  store,
  secret,
  now: () => clock.now(),
});

/** Adds a user, or makes a link for one there is. Throws E_USER_EXISTS, E_NO_SUCH_USER, E_LAST_ADMIN, E_BAD_REQUEST. */
export const user: Operation = async (house, args) => {
  const [how, email, told] = [textOf(args, 'how'), textOf(args, 'email'), optionalText(args, 'role')];
  const role = ROLES.find((one) => one === told) ?? null;
  if (told !== null && role === null)
    throw new TropaError('E_BAD_REQUEST', `There is no role "${told}": it is one of ${ROLES.join(', ')}.`);
  const desk = deskOf(house);
  const token = how === 'add' ? await addUser(desk, email, roleToGive(role)) : await resetUser(desk, email, role);
  const what = how === 'add' ? `added a user as ${role}` : 'made a link for a new password';
  await noteAudit(desk, { at: desk.now(), who: 'command line', what, target: email });
  return { email, role, link: `${publicUrl(house.config)}/login/${token}` };
};

function roleToGive(role: Role | null): Role {
  if (role === null) throw new TropaError('E_BAD_REQUEST', `Say which role: --role ${ROLES.join('|')}.`);
  return role;
}
