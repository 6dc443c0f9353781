// The bad requests, connections and workspaces of a soak, in turn and over and over. A refusal that is not the one that was
// promised is a finding.

import { renameSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { TropaError } from '../../engine/language/errors.ts';
import { type BadRequest, badRequests, sendBad } from '../../engine/testing/bad-requests.ts';
import { type Tropa, writeWorkspace } from '../../engine/testing/server.ts';

export interface Mischief {
  /** How much of it was done. */
  done: number;
  readonly findings: string[];
}

const HALF = 'POST /v1/track HTTP/1.1\r\nhost: x\r\ncontent-length: 4000\r\n\r\n{"userId":';
const BAD_JOURNEY = 'journey: [[[&a "x", *a]]]\n';

/**
 * Sends everything bad there is, until told to stop. With `exact`, each request must be answered as promised; a server
 * that is killed meanwhile owes a refusal or a broken connection and no more, and one whose clock jumps cannot tell a
 * webhook of today from one of an hour ago.
 */
export async function makeMischief(tropa: Tropa, exact: boolean, over: AbortSignal): Promise<Mischief> {
  const told: Mischief = { done: 0, findings: [] };
  const held: Socket[] = [];
  for (let round = 0; !over.aborted; round += 1) {
    const requests = badRequests(Date.now()).filter(({ path }) => exact || path !== '/hooks/crm');
    for (const request of requests) {
      if (over.aborted) break;
      told.findings.push(...(await tryOne(tropa, request, exact)));
      told.done += 1;
      await pause(20);
    }
    holdOn(tropa, held);
    await manyNames(tropa, round);
    if (exact) told.findings.push(...(await badWorkspace(tropa)));
    told.done += 3;
  }
  for (const socket of held) socket.destroy();
  return told;
}

/** Sends one request; answers what was wrong with the answer. */
async function tryOne({ url }: Tropa, request: BadRequest, exact: boolean): Promise<string[]> {
  const said = await sendBad(url, request).then(
    (answer) => answer.said,
    () => '',
  );
  const fine = exact ? said === request.answer : said === '' || /^[45]/.test(said);
  return fine ? [] : [`${request.what} was answered ${said || 'nothing'}, not ${request.answer}`];
}

/** A hundred connections that begin a request and do not end it; of a hundred earlier ones, those that are left hang up. */
function holdOn(tropa: Tropa, held: Socket[]): void {
  for (const socket of held.splice(0)) socket.destroy();
  for (let n = 0; n < 100; n += 1) {
    const socket = connect(Number(new URL(tropa.url).port), '127.0.0.1', () => socket.write(HALF));
    socket.on('error', () => undefined);
    held.push(socket);
  }
}

/** Names of events that nobody has heard before or will again. */
async function manyNames(tropa: Tropa, round: number): Promise<void> {
  const batch = Array.from({ length: 50 }, (_, n) => ({
    type: 'track',
    userId: 'talker',
    event: `name.${round}.${n}`,
  }));
  await tropa.post('/v1/batch', { batch }).catch(() => undefined);
}

/** A deployment that must be refused, and a folder that is away for a moment while it is watched. */
async function badWorkspace(tropa: Tropa): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tropa-soak-bad-'));
  await writeWorkspace(folder, { 'bad/journey.yaml': BAD_JOURNEY });
  const answer = await tropa.ask('deploy', { workspace: folder }).catch((error: unknown) => error);
  await rm(folder, { recursive: true, force: true });
  const away = `${tropa.workspace}-away`;
  renameSync(tropa.workspace, away);
  await pause(300);
  renameSync(away, tropa.workspace);
  return answer instanceof TropaError && answer.code === 'E_CHECK' ? [] : ['a bad workspace was not refused'];
}
