// Errors of running: requests refused, stores that cannot be opened, commands that cannot do what they are asked.

import type { ErrorSection } from './kind.ts';
import { refusal } from './kind.ts';

export const REQUEST_ERRORS: ErrorSection = {
  E_BAD_REQUEST: refusal(400, 'A request or command cannot be understood.', 'Correct it as the message says.'),
  E_BAD_EVENT: refusal(
    400,
    'An event of a request cannot be taken.',
    'Correct it as the message says; others of the same batch were taken.',
  ),
  E_NO_IDENTITY: refusal(
    400,
    'Nobody is named whom the event is about, or by a name that means nobody (`undefined`, `null`, `0`, `guest`).',
    'Send a userId, an email, a phone or an anonymousId.',
  ),
  E_UNAUTHORIZED: refusal(401, 'No key, or another one.', 'Send the write key or secret of the source.'),
  E_SIGNATURE: refusal(
    401,
    'The signature of a webhook is missing, wrong or stale.',
    'Compare the secret, and the clock of the sender.',
  ),
  E_FORBIDDEN: refusal(403, 'This is not allowed from here.', 'Ask from where it is allowed, as the message says.'),
  E_SIGN_IN: refusal(401, 'Nobody is signed in, or the session or key is over.', 'Sign in, or send a key that stands.'),
  E_LOGIN: refusal(
    401,
    'The address, the password or the code is wrong.',
    'Try again; `tropa user reset EMAIL` makes a link for a new password.',
  ),
  E_CODE_NEEDED: refusal(
    401,
    'The password is right, and this user has a second factor.',
    'Give the code of the authenticator app, or a recovery code.',
  ),
  E_ROLE: refusal(403, 'The role of whoever asks is not enough for this.', 'Ask an admin for the role that is named.'),
  E_TOO_MANY: refusal(
    429,
    'Too many tries to sign in have failed, for this account or from this address.',
    'Wait a quarter of an hour; a right password does not help before.',
  ),
  E_LINK: refusal(
    410,
    'A link to set a password was used already, or its day is over.',
    'Let an admin make another, or use `tropa user reset EMAIL`.',
  ),
  E_PASSWORD: refusal(422, 'A password is too short or too long.', 'Choose one of 10 to 200 characters.'),
  E_USER_EXISTS: refusal(
    409,
    'There is a user of this address already.',
    'Use `tropa user reset EMAIL` for a new link.',
  ),
  E_NO_SUCH_USER: refusal(
    404,
    'There is no user of this address or id.',
    'Add them: `tropa user add EMAIL --role ROLE`.',
  ),
  E_OIDC: refusal(
    403,
    'The provider of the company did not sign anybody in whom Tropa knows.',
    'Begin again at `/login`; let an admin add the address; the log tells of settings of OIDC_ that are wrong.',
  ),
  E_LAST_ADMIN: refusal(
    409,
    'The last admin cannot go or become less: nobody could let anybody in.',
    'Make somebody else admin first, and let them set a password.',
  ),
  E_CHECK: {
    means: 'The workspace has errors, so nothing was deployed.',
    remedy: 'Mend what is named; `tropa check` shows all of it.',
    exit: 1,
    http: 422,
  },
  E_STALE: refusal(
    409,
    'Somebody deployed another version meanwhile.',
    'Look at what changed (`tropa pull`), then deploy again.',
  ),
  E_NOT_FOUND: refusal(404, 'There is nothing under this address.', 'Check the address.'),
  E_METHOD: refusal(405, 'This address does not take this method.', 'Use the method that the documentation names.'),
  E_TIMEOUT: refusal(408, 'A request took too long to arrive.', 'Send it again.'),
  E_MEDIA_TYPE: refusal(415, 'A request is of a kind that is not read here.', 'Send JSON as `application/json`.'),
  E_INTERNAL: refusal(
    500,
    'Something failed here that should not.',
    'Look into the log; report it if it happens again.',
  ),
  E_NO_SUCH_JOURNEY: refusal(404, 'There is no journey of this id.', 'Check the id; `tropa stats` lists all.'),
  E_NO_SUCH_MESSAGE: refusal(404, 'There is no message of this id.', 'Check the id; `tropa inbox` lists them.'),
  E_NO_SUCH_PROFILE: refusal(404, 'Nobody is known by this id, email or phone.', 'Check what you typed.'),
  E_TOO_LARGE: refusal(413, 'A request, event or file is larger than allowed.', 'Send less at once.'),
  E_SOURCE: refusal(
    502,
    'A shop that was asked by its API did not answer, or not as it should.',
    'Follow what the message says, or try again later; what was taken so far stays taken.',
  ),
  E_UNAVAILABLE: refusal(503, 'The store cannot take more now.', 'Try again after a while; nothing was stored.'),
};

/** Faults of one person at run time: that enrollment stands still, its neighbours go on. `tropa retry` drives it again. */
export const FAULT_ERRORS: ErrorSection = {
  E_HOPS: refusal(
    422,
    'Events that journeys send one another went round too often.',
    'Look at the `emit` steps of the journeys named: one answers another.',
  ),
  E_UNTIL: refusal(
    422,
    'The `until` of a wait came to a number: of seconds or milliseconds, and in which zone, nobody knows.',
    'Write `time(…)` of an ISO 8601 text into the journey; then `tropa retry`.',
  ),
  E_EXPRESSION_STEPS: refusal(
    422,
    'A condition took too many steps to judge.',
    'Make it simpler, or shorten the lists it goes through; then `tropa retry`.',
  ),
};

export const STORE_ERRORS: ErrorSection = {
  E_REDIS: refusal(
    503,
    'Redis cannot be used: it is not reached, refuses the login, is too old, or throws keys away when it is full.',
    'Follow what the message says; or unset REDIS_URL: work is then found by looking every five seconds.',
  ),
  E_STORE_LOCKED: refusal(
    503,
    'Another engine uses this data folder.',
    'Stop it, ask it through its commands, or use another folder.',
  ),
  E_STORE_UNREACHABLE: refusal(
    503,
    'The database of MONGODB_URL does not answer.',
    'Start it, or correct the address; look whether a firewall is in between.',
  ),
  E_STORE_RIGHTS: refusal(
    503,
    'The database refuses the login of MONGODB_URL, or what it wants to do.',
    'Correct user and password; grant the role readWrite on the database.',
  ),
  E_STORE_OLD: refusal(503, 'The server of MONGODB_URL is older than MongoDB 5.0.', 'Upgrade the server.'),
  E_STORE_OTHER: refusal(
    503,
    'The database belongs to another installation, with another secret.',
    'Use the TROPA_SECRET of that installation, or another database.',
  ),
  E_MOVE: refusal(
    503,
    'A data folder cannot be moved into the database, or is not moved wholly yet.',
    'Follow what the message says; the folder stays as it was until all of it is there.',
  ),
  E_CLOCK: refusal(
    503,
    "This machine's clock is more than five seconds off that of the database.",
    'Let both follow a time server.',
  ),
  E_STORE_NEWER: refusal(503, 'The data folder was written by a newer version.', 'Use that version or a newer one.'),
  E_STORE_DAMAGED: refusal(
    503,
    'The data folder cannot be opened: its file is damaged, or may not be read.',
    'See that this user may write there; else put the folder aside, and `tropa restore` the latest backup into a new one.',
  ),
  E_HELD: refusal(
    503,
    'A backup was restored, and sending is held until it is told what becomes of the messages due since.',
    '`tropa restore --release` sends them; with --expire they are dropped.',
  ),
  E_BACKUP: refusal(500, 'A backup could not be made or read.', 'See the message; a store in memory has none.'),
  E_CONFIG: refusal(
    500,
    'A setting of the environment or command line cannot be used.',
    'Correct it as the message says.',
  ),
  E_TEST_CLOCK: refusal(
    500,
    'TROPA_TEST_CLOCK is refused: it moves time, and is for tests only.',
    'Unset it, or set NODE_ENV=test and listen on loopback.',
  ),
  E_DEMO_KEY: refusal(
    500,
    'The write key `demo` is public, and the server would listen beyond this machine.',
    'Set a write key of your own in tropa.yaml, or listen on 127.0.0.1.',
  ),
};
