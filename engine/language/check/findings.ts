// What every check is given, and how it reports: with the place inside a condition where that can be told.

import type { Condition } from '../condition.ts';
import type { Fault, Place } from '../errors.ts';
import type { Journey } from '../journey.ts';
import type { JourneyDraft } from '../read-journey.ts';
import type { Settings } from '../settings.ts';
import type { Template, TemplateName } from '../template.ts';
import type { Millis } from '../values.ts';
import type { Files } from '../workspace.ts';

/** A workspace as read, before it is checked. */
export interface Reading {
  readonly files: Files;
  readonly settings: Settings;
  readonly drafts: readonly JourneyDraft[];
  readonly templates: readonly Template[];
  /** Every template file, readable or not. */
  readonly templateFiles: readonly TemplateFile[];
  readonly retention: Millis;
}

export interface TemplateFile extends TemplateName {
  readonly file: string;
}

/** A journey of which enough was read, and whether all of it was. */
export interface CheckedJourney {
  readonly journey: Journey;
  readonly draft: JourneyDraft;
  /** Without faults of its own: absence in it means something. */
  readonly whole: boolean;
}

export class Findings {
  readonly faults: Fault[] = [];
  private readonly files: Files;
  constructor(files: Files) {
    this.files = files;
  }

  error(code: string, place: Place, message: string): void {
    this.faults.push({ code, place, message, severity: 'error' });
  }

  warn(code: string, place: Place, message: string): void {
    this.faults.push({ code, place, message, severity: 'warning' });
  }

  /** Where `part` stands inside a condition; the condition's own place where its text was folded or quoted. */
  inside(condition: Condition, part: string): Place {
    const { place } = condition;
    const at = condition.text.indexOf(part);
    const line = this.lineOf(place.file, place.line);
    return at >= 0 && line.startsWith(part, place.column - 1 + at) ? { ...place, column: place.column + at } : place;
  }

  /** Where `part` first stands in a file; its beginning where it does not. */
  find(file: string, pattern: RegExp): Place {
    const text = this.files.get(file) ?? '';
    const found = pattern.exec(text);
    if (found === null) return { file, line: 1, column: 1 };
    const before = text.slice(0, found.index).split('\n');
    return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }

  private lineOf(file: string, line: number): string {
    return this.files.get(file)?.split('\n')[line - 1] ?? '';
  }
}
