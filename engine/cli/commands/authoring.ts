// Commands of authors: they read a folder and need no engine.

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CaseResult } from '../../laboratory/run-specs.ts';
import { runSpecs } from '../../laboratory/run-specs.ts';
import { drawMermaid } from '../../language/compile/mermaid.ts';
import { formatFault, TropaError } from '../../language/errors.ts';
import { jsonSchema } from '../../language/schema.ts';
import { createRenderer } from '../../runtime/render/renderer.ts';
import type { Context } from '../context.ts';
import { NEW_WORKSPACE } from '../new-workspace.ts';
import { printJson, say } from '../print.ts';
import { smsLengths } from '../sms-lengths.ts';
import { belongs } from '../workspace-folder.ts';
import { compiledOf, errorsOf, laboratory, read } from './reading.ts';

/** Makes a new workspace; a file that is there already is never touched. */
export async function init({ json }: Context, [folder = '']: readonly string[]): Promise<number> {
  const made = Object.keys(NEW_WORKSPACE).map((path) => join(folder, path));
  const there = made.find((path) => existsSync(path));
  if (there !== undefined) throw new TropaError('E_CONFIG', `${there} is there already. Name an empty folder.`);
  for (const [path, text] of Object.entries(NEW_WORKSPACE)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { flag: 'wx' });
  }
  if (json) printJson(made.map((file) => ({ file })));
  else
    console.log(
      `Made ${made.length} files in ${folder}. Next: \`tropa check ${folder}\`, \`tropa test ${folder}\`, \`tropa serve --watch --workspace ${folder}\`.`,
    );
  return 0;
}

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
    for (const line of smsLengths(workspace.templates.filter(({ file }) => belongs(file, meant)))) say(line);
    const [wrong, warned] = [errorsOf(all).length, all.length - errorsOf(all).length];
    console.log(
      all.length === 0
        ? `${workspace.journeys.length} journeys, ${workspace.templates.length} templates, ${workspace.specs.length} specs: no faults.`
        : `${wrong} errors, ${warned} warnings.`,
    );
  }
  return errorsOf(all).length > 0 || (options.strict === true && all.length > 0) ? 1 : 0;
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
