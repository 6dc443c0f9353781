// `tropa simulate`: one profile's story, or a crowd's figures by step, in virtual time.

import { readFile } from 'node:fs/promises';
import { SpecBench } from '../../laboratory/run-specs.ts';
import { type Simulation, simulate as simulateJourney } from '../../laboratory/simulate.ts';
import { formatFault, TropaError } from '../../language/errors.ts';
import { profile as profileShape } from '../../language/spec-shapes.ts';
import type { JsonObject } from '../../language/values.ts';
import { readYaml } from '../../language/yaml/read-yaml.ts';
import { Reader } from '../../language/yaml/shape.ts';
import type { Context } from '../context.ts';
import { asJson } from '../operations/operation.ts';
import { counted, printJson, say, table } from '../print.ts';
import { wholeNumber } from '../whole-number.ts';
import { compiledOf, laboratory } from './reading.ts';

const MOST_PEOPLE = 10_000;
const MOST_DAYS = 3_660;

/** What would happen: one profile's story, or a crowd's figures by step. */
export async function simulate(
  context: Context,
  [id = '']: readonly string[],
  options: Record<string, unknown>,
): Promise<number> {
  const days = wholeNumber(options.days, '--days', MOST_DAYS);
  const people = wholeNumber(options.people, '--people', MOST_PEOPLE);
  const profile = typeof options.profile === 'string' ? await readProfile(options.profile) : null;
  const { files, workspace, compiled } = await compiledOf(context, id);
  const bench = new SpecBench({ files, env: context.config.env, workspace });
  const live = bench.compiled(id) ?? compiled;
  const parts = await laboratory(context.adapters);
  const start = Date.now();
  const result = await simulateJourney(parts, {
    compiled: live,
    definitions: bench.workshop(live, null),
    start,
    days,
    profile,
    people,
    data: null,
  });
  await parts.renderer.close();
  if (context.json) printJson(asJson(result));
  else say(profile === null ? figuresOf(result) : result.story.join('\n'));
  return 0;
}

/** A profile as a spec has it: a phone number stays a text, whatever it looks like. */
async function readProfile(file: string): Promise<JsonObject> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new TropaError('E_CONFIG', `There is no profile at ${file}. Write one such as {id: anna, consent: [email]}.`);
  });
  const { node, faults } = readYaml(file, text);
  const reader = new Reader(file, [...faults]);
  const read = node === null ? undefined : profileShape.read(node, 'the profile', reader);
  const [fault] = reader.faults.filter((one) => one.severity === 'error');
  if (read === undefined || fault !== undefined)
    throw new TropaError('E_CONFIG', fault === undefined ? `${file} holds no profile.` : formatFault(fault));
  return read;
}

function figuresOf({ people, entered, converted, outcomes, refused, steps }: Simulation): string {
  const told = (word: string, counts: Readonly<Record<string, number>>) =>
    Object.keys(counts).length === 0 ? [] : [`${word} ${counted({ ...counts })}`];
  const head = [
    `${people} people`,
    `${entered} entered`,
    ...told('not entered', refused),
    ...told('left', outcomes),
    `${converted} converted`,
  ];
  const rows = steps.map((step) => ({ ...step }));
  return `${head.join('; ')}\n${table(rows, ['step', 'verb', 'entered', 'sent', 'waiting', 'skipped'])}`;
}
