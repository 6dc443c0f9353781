// Commands of authors: they read a folder and need no engine.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { CaseResult } from '../../laboratory/run-specs.ts';
import { runSpecs, SpecBench } from '../../laboratory/run-specs.ts';
import { simulate as simulateJourney } from '../../laboratory/simulate.ts';
import type { LabParts } from '../../laboratory/world.ts';
import { compile } from '../../language/compile/compile.ts';
import { drawMermaid } from '../../language/compile/mermaid.ts';
import type { Fault } from '../../language/errors.ts';
import { formatFault, TropaError } from '../../language/errors.ts';
import { readWorkspace } from '../../language/read-workspace.ts';
import { jsonSchema } from '../../language/schema.ts';
import type { JsonObject } from '../../language/values.ts';
import type { Files, Workspace } from '../../language/workspace.ts';
import { versionHash } from '../../runtime/deploy.ts';
import { createRenderer } from '../../runtime/render/renderer.ts';
import type { Adapters } from '../adapters.ts';
import type { Context } from '../context.ts';
import { NEW_WORKSPACE } from '../new-workspace.ts';
import { printJson, table } from '../print.ts';
import type { Meant } from '../workspace-folder.ts';
import { belongs, prefixOf, readFolder, workspaceOfPath } from '../workspace-folder.ts';

/** Makes a new workspace; a file that is there already is never touched. */
export async function init({ json }: Context, [folder = '']: readonly string[]): Promise<number> {
  const made: string[] = [];
  for (const [path, text] of Object.entries(NEW_WORKSPACE)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    try {
      await writeFile(target, text, { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST')
        throw new TropaError('E_CONFIG', `${target} is there already. Name an empty folder.`);
      throw error;
    }
    made.push(target);
  }
  if (json) printJson(made.map((file) => ({ file })));
  else
    console.log(
      `Made ${made.length} files in ${folder}. Next: \`tropa check ${folder}\`, \`tropa test ${folder}\`, \`tropa serve --watch --workspace ${folder}\`.`,
    );
  return 0;
}

interface Read {
  /** Stands before the paths of files, as the author would type them. */
  readonly prefix: string;
  readonly meant: Meant;
  readonly files: Files;
  readonly workspace: Workspace;
  readonly faults: readonly Fault[];
}

/** A workspace, one of its journeys or one file, as the author named it. The whole workspace is read either way. */
async function read({ config }: Context, path?: string): Promise<Read> {
  const meant = path === undefined ? { workspace: config.workspace, part: '' } : workspaceOfPath(path);
  const prefix = prefixOf(meant.workspace);
  const files = await readFolder(meant.workspace);
  const { workspace, faults } = readWorkspace(files, config.env, { retention: config.retention, prefix });
  const own = faults.filter((fault) => belongs(fault.place.file.slice(prefix.length), meant));
  return { prefix, meant, files, workspace, faults: own };
}

const errorsOf = (faults: readonly Fault[]): Fault[] => faults.filter((fault) => fault.severity === 'error');

/** Every fault at once. A warning alone is fine, unless strict. */
export async function check(
  context: Context,
  [path]: readonly string[],
  options: Record<string, unknown>,
): Promise<number> {
  const { faults, workspace, prefix, meant } = await read(context, path);
  const renderer = createRenderer();
  const mjml = (await Promise.all(workspace.templates.map((template) => renderer.check(template)))).flat();
  await renderer.close();
  const all = [
    ...faults,
    ...mjml
      .filter((fault) => belongs(fault.place.file, meant))
      .map((fault) => ({ ...fault, place: { ...fault.place, file: `${prefix}${fault.place.file}` } })),
  ];
  if (context.json) printJson(all.map(({ code, place, message, severity }) => ({ code, severity, ...place, message })));
  else {
    for (const fault of all) console.log(formatFault(fault));
    const [wrong, warned] = [errorsOf(all).length, all.length - errorsOf(all).length];
    console.log(
      all.length === 0
        ? `${workspace.journeys.length} journeys, ${workspace.templates.length} templates, ${workspace.specs.length} specs: no faults.`
        : `${wrong} errors, ${warned} warnings.`,
    );
  }
  return errorsOf(all).length > 0 || (options.strict === true && all.length > 0) ? 1 : 0;
}

async function laboratory(adapters: Adapters): Promise<LabParts> {
  const [store, wakeups, sandbox] = await Promise.all([adapters.memoryStore(), adapters.wakeups(), adapters.sandbox()]);
  return { store, wakeups, sandbox, renderer: createRenderer() };
}

/** Runs every spec. Faults of the workspace are printed first; a journey with errors fails its cases. */
export async function test(context: Context, [path]: readonly string[]): Promise<number> {
  const { files, workspace: whole, faults, meant } = await read(context, path);
  for (const fault of errorsOf(faults)) console.error(formatFault(fault));
  const parts = await laboratory(context.adapters);
  const workspace = { ...whole, specs: whole.specs.filter((spec) => belongs(spec.file, meant)) };
  const results = await runSpecs(parts, { files, env: context.config.env, workspace }, (result) =>
    told(context, result),
  );
  await parts.renderer.close();
  const failed = results.filter((result) => !result.ok).length;
  const passed = results.length - failed;
  if (context.json) printJson({ passed, failed });
  else console.log(`\n${passed} passed, ${failed} failed`);
  if (errorsOf(faults).length > 0) return 1;
  return failed === 0 ? 0 : 1;
}

function told({ json }: Context, result: CaseResult): void {
  if (json) {
    printJson({
      journey: result.journey,
      case: result.case,
      ok: result.ok,
      ...(!result.ok && {
        diff: result.differences.map(({ about, expected, actual, why }) => ({
          about,
          expected,
          actual,
          why: [...why],
        })),
      }),
    });
    return;
  }
  console.log(`${result.ok ? '✓' : '✗'} ${result.journey}: ${result.case}`);
  for (const { about, expected, actual, why } of result.differences) {
    const width = Math.max(expected.length, 'expected'.length);
    console.log(
      `    ${about}\n      ${'expected'.padEnd(width)} │ actual\n      ${expected.padEnd(width)} │ ${actual}`,
    );
    for (const line of why) console.log(`      because ${line}`);
  }
  if (!result.ok && result.timeline.length > 0)
    console.log(`    what happened:\n${result.timeline.map((line) => `      ${line}`).join('\n')}`);
}

export function schema(_context: Context, [kind = 'journey']: readonly string[]): Promise<number> {
  if (kind !== 'journey' && kind !== 'settings' && kind !== 'spec')
    throw new TropaError('E_BAD_REQUEST', `There is a schema of journey, settings and spec, not of "${kind}".`);
  console.log(JSON.stringify(jsonSchema(kind), null, 2));
  return Promise.resolve(0);
}

async function compiledOf(context: Context, id: string) {
  const { files, workspace, faults } = await read(context);
  const journey = workspace.journeys.find((one) => one.id === id);
  if (journey === undefined) {
    for (const fault of errorsOf(faults)) console.error(formatFault(fault));
    throw new TropaError(
      'E_NO_SUCH_JOURNEY',
      `There is no journey "${id}" without errors in ${context.config.workspace}.`,
    );
  }
  return { files, workspace, compiled: compile(journey, versionHash(id, files.get(journey.file) ?? '')) };
}

/** Prints the compiled machine: its states and the ways between them. */
export async function machine(
  context: Context,
  [id = '']: readonly string[],
  options: Record<string, unknown>,
): Promise<number> {
  const { compiled } = await compiledOf(context, id);
  if (options.mermaid === true) {
    console.log(drawMermaid(compiled));
    return 0;
  }
  const states = compiled.states.map((state) => ({
    state: state.key,
    verb: state.verb,
    final: state.final,
    ways: state.branches.map(({ to, label }) => ({ to, when: label || 'always' })),
    ...(state.after !== null && {
      after: {
        label: state.after.label,
        ways: state.after.branches.map(({ to, label }) => ({ to, when: label || 'always' })),
      },
    }),
  }));
  if (context.json) printJson(states);
  else {
    for (const { state, verb, ways, after } of states) {
      console.log(`${state}  (${verb})`);
      for (const way of ways) console.log(`  ${way.when} → ${way.to}`);
      for (const way of after?.ways ?? []) console.log(`  ${after?.label}: ${way.when} → ${way.to}`);
    }
  }
  return 0;
}

/** What would happen: one profile's story, or a crowd's figures by step. */
export async function simulate(
  context: Context,
  [id = '']: readonly string[],
  options: Record<string, unknown>,
): Promise<number> {
  const { files, workspace, compiled } = await compiledOf(context, id);
  const profile =
    typeof options.profile === 'string' ? (parseYaml(await readFile(options.profile, 'utf8')) as JsonObject) : null;
  const parts = await laboratory(context.adapters);
  const bench = new SpecBench({ files, env: context.config.env, workspace });
  const live = bench.compiled(id) ?? compiled;
  const result = await simulateJourney(parts, {
    compiled: live,
    definitions: bench.workshop(live, null),
    start: Date.now(),
    days: Number(options.days) || 14,
    profile,
    people: Math.min(10_000, Number(options.people) || 100),
    data: null,
  });
  await parts.renderer.close();
  if (context.json) printJson(JSON.parse(JSON.stringify(result)) as JsonObject);
  else if (profile !== null) console.log(result.story.join('\n'));
  else {
    console.log(
      `${result.people} people, ${result.entered} entered, ${result.converted} converted. Outcomes: ${JSON.stringify(result.outcomes)}${Object.keys(result.refused).length === 0 ? '' : `. Not entered: ${JSON.stringify(result.refused)}`}`,
    );
    console.log(
      table(
        result.steps.map((step) => ({ ...step })),
        ['step', 'verb', 'entered', 'sent', 'waiting', 'skipped'],
      ),
    );
  }
  return 0;
}
