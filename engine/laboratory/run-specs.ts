// `tropa test`: every case of every spec, each in a world of its own, in virtual time.

import type { CompiledJourney } from '../language/compile/compile.ts';
import { compile } from '../language/compile/compile.ts';
import type { SpecCase } from '../language/journey.ts';
import { readSettings } from '../language/read-settings.ts';
import type { Settings } from '../language/settings.ts';
import type { Files, Workspace } from '../language/workspace.ts';
import type { Workshop } from '../runtime/definitions.ts';
import { assemble } from '../runtime/definitions.ts';
import { versionHash } from '../runtime/deploy.ts';
import type { Difference } from './compare.ts';
import { differences, sentence } from './compare.ts';
import type { CaseRecord } from './run-case.ts';
import { playCase } from './run-case.ts';
import type { LabParts } from './world.ts';

export interface CaseResult {
  readonly journey: string;
  readonly case: string;
  readonly ok: boolean;
  readonly differences: readonly Difference[];
  /** The whole story, line by line, for a case that failed. */
  readonly timeline: readonly string[];
}

export interface SpecRun {
  readonly files: Files;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workspace: Workspace;
}

/** Runs every case, handing each result over as it comes. */
export async function runSpecs(
  parts: LabParts,
  run: SpecRun,
  told: (result: CaseResult) => void = () => undefined,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const bench = new SpecBench(run);
  for (const spec of run.workspace.specs) {
    for (const one of spec.cases) {
      const result = await bench.play(parts, spec.journey, one);
      results.push(result);
      told(result);
    }
  }
  return results;
}

/** Definitions as a spec sees them: only its journey runs, whatever its status; settings as the case overrides them. */
export class SpecBench {
  readonly #run: SpecRun;
  readonly #compiled = new Map<string, CompiledJourney>();
  readonly #settings = new Map<string, Settings>();
  readonly #workshops = new Map<string, Workshop>();

  constructor(run: SpecRun) {
    this.#run = run;
  }

  async play(parts: LabParts, journey: string, one: SpecCase): Promise<CaseResult> {
    const compiled = this.compiled(journey);
    if (compiled === undefined) {
      const difference: Difference = {
        about: 'journey',
        expected: journey,
        actual: 'no such journey, or it has errors: run `tropa check`',
        why: [],
      };
      return { journey, case: one.name, ok: false, differences: [difference], timeline: [] };
    }
    const record = await playCase(parts, this.workshop(compiled, one.settings), compiled, one);
    const found = differences(record, one.expect);
    return {
      journey,
      case: one.name,
      ok: found.length === 0,
      differences: found,
      timeline: found.length === 0 ? [] : timelineOf(record),
    };
  }

  compiled(id: string): CompiledJourney | undefined {
    const known = this.#compiled.get(id);
    if (known !== undefined) return known;
    const journey = this.#run.workspace.journeys.find((one) => one.id === id);
    if (journey === undefined) return undefined;
    const compiled = compile({ ...journey, status: 'live' }, versionHash(id, this.#run.files.get(journey.file) ?? ''));
    this.#compiled.set(id, compiled);
    return compiled;
  }

  workshop(compiled: CompiledJourney, overrides: unknown): Workshop {
    const key = JSON.stringify([compiled.journey.id, overrides ?? null]);
    const known = this.#workshops.get(key);
    if (known !== undefined) return known;
    const made = assemble({
      revision: 1,
      settings: this.#settingsWith(overrides),
      templates: this.#run.workspace.templates,
      live: [{ compiled, paused: false, archived: false }],
      versions: new Map([[compiled.hash, compiled]]),
      tellsDelivery: () => true,
    });
    this.#workshops.set(key, made);
    return made;
  }

  #settingsWith(overrides: unknown): Settings {
    if (overrides === undefined || overrides === null) return this.#run.workspace.settings;
    const key = JSON.stringify(overrides);
    const known = this.#settings.get(key);
    if (known !== undefined) return known;
    const { settings } = readSettings('tropa.yaml', this.#run.files.get('tropa.yaml') ?? '', this.#run.env, overrides);
    this.#settings.set(key, settings);
    return settings;
  }
}

function timelineOf(record: CaseRecord): string[] {
  return record.journal.map((line) => sentence(record, line));
}
