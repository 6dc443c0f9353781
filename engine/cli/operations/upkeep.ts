// Operations on the installation: backup, what is wrong here, and the test clock.

import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { parseMoment } from '../../language/calendar.ts';
import { parseDuration } from '../../language/duration.ts';
import { TropaError } from '../../language/errors.ts';
import { FORMAT } from '../../language/format.ts';
import type { JsonObject } from '../../language/values.ts';
import { advance } from '../../runtime/advance-clock.ts';
import { heldSince } from '../../runtime/held.ts';
import type { Operation } from './operation.ts';
import { textOf } from './operation.ts';
import { asideInputs } from './reports.ts';
import { heldWords } from './restored.ts';
import { sendersLook } from './senders.ts';
import { sharedLook } from './shared-store.ts';
import { workerLook } from './shop-worker.ts';

const LOW_ON_DISK = 500_000_000;

/** Writes a consistent copy of the store while everything goes on. */
export const backup: Operation = async (house, args) => {
  const file = textOf(args, 'file');
  if (existsSync(file))
    throw new TropaError('E_CONFIG', `${file} is there already. Name a new file; nothing is written over.`);
  await house.store.backup(file);
  return { file };
};

/** Moves a test's clock: `advance` through everything that is due, `set` at once, back as well. */
export const clock: Operation = async (house, args) => {
  if (house.movable === null)
    throw new TropaError('E_TEST_CLOCK', 'The clock moves by itself here. Start with TROPA_TEST_CLOCK=1 to move it.');
  const text = textOf(args, 'to');
  const span = parseDuration(text);
  const to = span === null ? (/^\d+$/.test(text) ? Number(text) : parseMoment(text, 'UTC')) : house.clock.now() + span;
  if (to === null) throw new TropaError('E_BAD_REQUEST', `"${text}" is neither a duration nor a time.`);
  if (args.mode === 'advance') await advance(house.engine, house.movable, to);
  else {
    await house.movable.set(to);
    await house.engine.drain();
  }
  return { now: house.clock.now() };
};

/** Decides everything that is due now. */
export const drain: Operation = async (house) => {
  await house.engine.drain();
  return { now: house.clock.now() };
};

/** Forgets at once everything that is past its time: what the engine does by and by. */
export const keep: Operation = async (house) => ({ ...(await house.engine.keeping.all()) });

/** Answers: here somebody runs. */
export const ping: Operation = (house) => Promise.resolve({ pid: process.pid, data: house.config.data });

/** What is wrong here, in plain words with a remedy. */
export const doctor: Operation = async (house, args) => {
  const { store, config } = house;
  const findings: JsonObject[] = [];
  const say = (about: string, ok: boolean, good: string, bad: string) =>
    findings.push({ ok, about, detail: ok ? good : bad });
  const where = house.about === null ? `the store in ${config.data}` : 'the database of MONGODB_URL';
  const writes = await store.ping().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  say('store', writes === null, `${where} takes writes`, `${where} takes no writes: ${writes ?? ''}`);
  findings.push(...(await sharedLook(house)));
  const { bavail, bsize } = await statfs(config.data);
  const free = Math.round((bavail * bsize) / 1e6);
  say(
    'disk',
    free * 1e6 >= LOW_ON_DISK,
    `${free} MB are free`,
    `only ${free} MB are free: make room, or events will be refused`,
  );
  const { journeys } = await store.workspace();
  say(
    'journeys',
    journeys.length > 0,
    `${journeys.length} journeys are deployed`,
    'nothing is deployed: run `tropa deploy`',
  );
  const paused = journeys.filter((journey) => journey.paused).map((journey) => journey.id);
  if (paused.length > 0)
    findings.push({ ok: true, about: 'paused', detail: `${paused.join(', ')}: \`tropa resume\` lets them go on` });
  for (const { journey, number, format } of house.engine.definitions.strange.current)
    findings.push({
      ok: false,
      about: 'definitions',
      detail: `${journey}, version ${number}, needs format ${format}, and this process understands ${FORMAT}: whom it concerns waits for workers of a newer release; upgrade this one`,
    });
  const held = await heldSince(store);
  if (held !== null) findings.push({ ok: false, about: 'restored', detail: heldWords(held) });
  const { settings } = house.engine.definitions;
  findings.push(...(await sendersLook(house)));
  if (typeof args.worker === 'string') findings.push(await workerLook(house, args.worker));
  say(
    'doors',
    settings.sources.length > 0,
    `${settings.sources.length} sources may send events`,
    'no source is configured, so no event can come in: add `sources` to tropa.yaml',
  );
  const counts = await store.counts();
  say(
    'faults',
    counts.faulted === 0,
    'nobody stands still',
    `${counts.faulted} stand still: \`tropa faults\` tells why, \`tropa retry\` drives them again`,
  );
  const aside = (await asideInputs(house)).length;
  say(
    'inputs',
    aside === 0,
    'no input is set aside',
    `${aside} inputs are set aside: \`tropa faults\` tells which, \`tropa retry\` brings them back`,
  );
  const unknown = (await store.messages({ status: ['unknown'], limit: 1_000 })).filter(
    ({ person }) => person !== '',
  ).length;
  say(
    'outcomes',
    unknown === 0,
    'every message has an outcome',
    `${unknown} messages have no known outcome: settle them with \`tropa resolve MESSAGE sent|resend\``,
  );
  return findings;
};
