// A conformance entry told to a real server: events over HTTP, the clock moved over the socket, readers at the sandbox.
// What came of each case is put beside what came of it in the laboratory, in the same words.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beginning } from '../laboratory/beginning.ts';
import type { CaseRecord } from '../laboratory/run-case.ts';
import { ACTIONS, playCase, timeOf, zoneOfCase } from '../laboratory/run-case.ts';
import { SpecBench } from '../laboratory/run-specs.ts';
import type { LabParts } from '../laboratory/world.ts';
import { parseMoment } from '../language/calendar.ts';
import type { ScriptLine, SpecCase } from '../language/journey.ts';
import type { Instant, JsonObject } from '../language/values.ts';
import { leftTime } from '../reports/ledger.ts';
import type { Entry } from './conformance.ts';
import { settingsOfCase, workspaceOf } from './conformance.ts';
import type { Tropa } from './server.ts';
import { startTropa, writeWorkspace } from './server.ts';

/** What came of a case: messages and skips with their times, entries and exits of its own person. */
interface Outcome {
  readonly name: string;
  readonly messages: readonly string[];
  readonly story: readonly string[];
}

/** An entry on its server: its number there sets its journey and its people apart from those before. */
interface Seat {
  readonly entry: Entry;
  readonly number: number;
  readonly id: string;
}

interface Both {
  readonly laboratory: readonly Outcome[];
  readonly server: readonly Outcome[];
}

/** Runs entries one after another on one server and in the laboratory. What goes wrong with one is its own answer. */
export async function bothWays(parts: LabParts, entries: readonly Entry[]): Promise<Map<Entry, Both | Error>> {
  const tropa = await startTropa({ workspace: {}, clock: 0 });
  const answers = new Map<Entry, Both | Error>();
  try {
    for (const [number, entry] of entries.entries()) {
      const seat: Seat = { entry, number, id: `${entry.journey}-${number}` };
      answers.set(
        entry,
        await oneBothWays(parts, tropa, seat).catch((error: unknown) =>
          error instanceof Error ? error : new Error(String(error)),
        ),
      );
    }
  } finally {
    await tropa.close();
  }
  return answers;
}

async function oneBothWays(parts: LabParts, tropa: Tropa, seat: Seat): Promise<Both> {
  const { entry } = seat;
  const { workspace } = workspaceOf(entry);
  const cases = workspace.specs.flatMap((spec) => spec.cases).map((one, n) => ownPeople(one, `${seat.number}-${n}`));
  const bench = new SpecBench({ files: entry.files, env: {}, workspace });
  const compiled = bench.compiled(entry.journey);
  if (compiled === undefined) throw new Error(`${entry.place} has errors`);
  const script = { steps: compiled.messageSteps, zone: workspace.settings.timezone };
  const laboratory: Outcome[] = [];
  const server: Outcome[] = [];
  for (const [n, one] of cases.entries()) {
    const workshop = bench.workshop(compiled, one.settings);
    laboratory.push(ofRecord(one, await playCase(parts, workshop, compiled, one)));
    await deploy(tropa, filesOf(seat, n, one));
    server.push(await new Play(tropa, seat.id, one, script).run());
  }
  await rm(join(tropa.workspace, seat.id), { recursive: true });
  await tropa.ask('archive', { journey: seat.id });
  return { laboratory, server };
}

/** Cases share a server, so each has people of its own: another id, another mailbox. */
function ownPeople(one: SpecCase, tag: string): SpecCase {
  const own = (profile: JsonObject): JsonObject => ({
    ...profile,
    id: `${String(profile.id ?? 'somebody')}-${tag}`,
    ...(typeof profile.email === 'string' && { email: profile.email.replace('@', `+${tag}@`) }),
  });
  const script = one.script.map((line): ScriptLine => {
    const { action } = line;
    if (action.kind !== 'event') return line;
    const as = action.as === null ? null : own(action.as);
    return { ...line, action: { ...action, as, id: action.id === null ? null : `${tag}-${action.id}` } };
  });
  return { ...one, profile: own(one.profile), script };
}

/** The entry's folder as a server takes it: live, with a door, the case's settings, and its decision about the control group. */
function filesOf({ entry, id }: Seat, n: number, one: SpecCase): Record<string, string> {
  const files: Record<string, string> = {
    'tropa.yaml': `${settingsOfCase(entry, n)}sources: { shop: { type: segment, write_key: key } }\n`,
  };
  const held = one.pick.holdout === true ? 'holdout: 100%\n' : '';
  for (const [path, text] of entry.files) {
    const [folder, name = ''] = path.split('/');
    if (folder !== entry.journey || name === 'journey.spec.yaml') continue;
    files[`${id}/${name}`] = name === 'journey.yaml' ? named(text, entry.journey, id, held) : text;
  }
  return files;
}

/** The journey under its id on the server, live. */
function named(text: string, from: string, to: string, held: string): string {
  return text
    .replace(/^(?:holdout|status): .*\n/gm, '')
    .replace(/^journey: .*\n/m, `journey: ${to}\nstatus: live\n${held}`)
    .replaceAll(`journey("${from}")`, `journey("${to}")`);
}

async function deploy(tropa: Tropa, files: Record<string, string>): Promise<void> {
  await writeWorkspace(tropa.workspace, files);
  await tropa.ask('deploy', { workspace: tropa.workspace });
}

/** One case, line by line. */
class Play {
  readonly #tropa: Tropa;
  /** The journey's id on the server. */
  readonly #journey: string;
  readonly #case: SpecCase;
  readonly #steps: ReadonlyMap<string, string>;
  readonly #zone: string;
  readonly #people = new Set<string>();
  #updates = 0;
  #now: Instant = 0;

  constructor(
    tropa: Tropa,
    journey: string,
    one: SpecCase,
    script: { steps: ReadonlyMap<string, string>; zone: string },
  ) {
    this.#tropa = tropa;
    this.#journey = journey;
    this.#case = one;
    this.#steps = script.steps;
    this.#zone = zoneOfCase(one, script.zone);
  }

  async run(): Promise<Outcome> {
    const zone = this.#zone;
    this.#now = parseMoment(this.#case.start, zone) ?? 0;
    await this.#tropa.set(this.#now);
    const user = await this.#introduce(this.#case.profile);
    for (const line of this.#case.script) {
      const at = timeOf(line, this.#now, zone);
      if (at > this.#now) await this.#tropa.advance(at);
      this.#now = at;
      await this.#act(user, line);
      await this.#tropa.drain();
    }
    return { name: this.#case.name, messages: await this.#messages(), story: await this.#story(user) };
  }

  async #act(user: string, line: ScriptLine): Promise<void> {
    const { action } = line;
    if (action.kind === 'event') {
      const who = action.as === null ? user : await this.#introduce(action.as);
      await this.#tell('track', {
        userId: who,
        event: action.event,
        properties: action.data,
        timestamp: iso(this.#now + (line.dated ?? 0)),
        ...(action.id !== null && { messageId: action.id }),
      });
    } else if (action.kind === 'start')
      await this.#tell(`journeys/${this.#journey}/start`, { profile: user, data: action.data });
    else if (action.kind === 'update')
      await this.#tell('identify', { userId: user, traits: action.traits, timestamp: this.#earlier() });
    else if (action.kind === 'unsubscribed')
      await this.#tell('identify', { userId: user, consent: { [action.channel]: false }, timestamp: this.#earlier() });
    else if (action.kind === 'signal') await this.#signal(action.signal, action.step, action.value);
  }

  /** Two words about a person in the same millisecond have no order; these are told a moment apart. */
  #earlier(): string {
    this.#updates += 1;
    return iso(this.#now - 1_000 + this.#updates);
  }

  async #introduce(profile: JsonObject): Promise<string> {
    const { id, data } = beginning(profile, {});
    if (!this.#people.has(id)) {
      const consent = Object.fromEntries((data.consent as string[]).map((channel) => [channel, true]));
      await this.#tell('identify', {
        userId: id,
        traits: data.traits ?? {},
        consent,
        timestamp: iso(this.#now - 2_000),
      });
      await this.#tropa.drain();
    }
    this.#people.add(id);
    return id;
  }

  async #signal(signal: string, name: string, value: string | number | null): Promise<void> {
    const step = this.#steps.get(name) ?? name;
    const found = (await this.#rows())
      .filter((row) => row.step === step && row.status !== 'held' && row.status !== 'skipped')
      .at(-1);
    if (found === undefined) throw new Error(`no message of step ${step} has left`);
    await this.#tropa.ask('act', {
      message: String(found.id),
      action: ACTIONS[signal] ?? signal,
      ...(value !== null && { value: String(value) }),
    });
  }

  async #tell(path: string, body: JsonObject): Promise<void> {
    const answer = await this.#tropa.post(`/v1/${path}`, body);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  async #rows(): Promise<JsonObject[]> {
    const rows = await this.#tropa.ask<JsonObject[]>('inbox', { limit: 10_000 });
    return rows.filter((row) => this.#people.has(String(row.profile)));
  }

  async #messages(): Promise<string[]> {
    return (await this.#rows())
      .map((row) => [row.at, row.to, row.channel, row.template, row.step, row.status, row.reason].map(String).join(' '))
      .sort();
  }

  async #story(user: string): Promise<string[]> {
    const { lines } = await this.#tropa.ask<{ lines: { at: number; text: string }[] }>('explain', {
      profile: user,
      journey: this.#journey,
    });
    const found = lines.map(
      ({ at, text }) => [iso(at), /^(enters|leaves) \S+?(?:,.*)?(?: as (.*))?$/.exec(text)] as const,
    );
    return found.flatMap(([at, match]) => (match === null ? [] : [`${at} ${match[1]} ${match[2] ?? ''}`])).sort();
  }
}

const iso = (at: Instant): string => new Date(at).toISOString();

/** A laboratory's record in the words of the server's ledger and story. */
function ofRecord(one: SpecCase, record: CaseRecord): Outcome {
  const messages = record.messages.map((row) =>
    [
      iso(leftTime(row)),
      row.to,
      row.channel,
      row.template,
      row.step,
      row.status === 'sending' ? 'held' : row.status,
      row.reason,
    ]
      .map(String)
      .join(' '),
  );
  const mine = record.journal.filter((line) => line.person === record.person?.id);
  const story = mine.flatMap((line) => {
    if (line.kind === 'entered') return [`${iso(line.at)} enters `];
    return line.kind === 'exited' ? [`${iso(line.at)} leaves ${line.reason ?? ''}`] : [];
  });
  return { name: one.name, messages: messages.sort(), story: story.sort() };
}
