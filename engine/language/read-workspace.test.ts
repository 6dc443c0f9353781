// A workspace without a fault: the demonstration's, and what its parts become.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { formatFault } from './errors.ts';
import { readWorkspace } from './read-workspace.ts';

const DEMO = new URL('../../journeys/', import.meta.url);

function demoFiles(): Map<string, string> {
  const all = readdirSync(DEMO, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const base = DEMO.pathname;
  return new Map(
    all
      .map((entry) => `${entry.parentPath}/${entry.name}`)
      .map((path) => [path.replace(base, '').replace(/^\//, ''), readFileSync(path, 'utf8')]),
  );
}

describe('a workspace', () => {
  test('of the demonstration has no fault and no warning', () => {
    const { faults, workspace } = readWorkspace(demoFiles(), {}, { prefix: 'journeys/' });
    expect(faults.map(formatFault)).toEqual([]);
    expect(workspace.journeys.length).toBeGreaterThanOrEqual(6);
    expect(workspace.specs).toHaveLength(workspace.journeys.length);
  });

  test('may be empty', () => {
    expect(readWorkspace(new Map(), {}).faults).toEqual([]);
  });

  test('takes templates by folder, and they belong to the journey in it', () => {
    const files = new Map([
      ['some-folder/journey.yaml', 'journey: cart\ntrigger: { event: cart.updated }\nsteps:\n  - email: reminder\n'],
      ['some-folder/reminder.email.mjml', 'subject: Hello\n---\n<mjml></mjml>\n'],
    ]);
    const { faults, workspace } = readWorkspace(files, {});
    expect(faults).toEqual([]);
    expect(workspace.templates.map(({ journey, name }) => [journey, name])).toEqual([['cart', 'reminder']]);
  });

  test('events may be looked back upon as long as they are kept', () => {
    const files = new Map([
      [
        'a/journey.yaml',
        'journey: a\ntrigger: { event: cart.updated }\naudience: count("order.placed", "500d") > 0\nsteps:\n  - wait: 1d\n',
      ],
    ]);
    expect(readWorkspace(files, {}).faults.map(({ code }) => code)).toEqual(['E_WINDOW_TOO_LONG']);
    expect(readWorkspace(files, {}, { retention: 600 * 86_400_000 }).faults).toEqual([]);
  });

  test('a subject that every step gives spares the template its own', () => {
    const files = new Map([
      [
        'cart/journey.yaml',
        'journey: cart\ntrigger: { event: cart.updated }\nsteps:\n  - email: reminder\n    subject: Your cart\n',
      ],
      ['cart/reminder.email.mjml', '<mjml></mjml>\n'],
    ]);
    expect(readWorkspace(files, {}).faults).toEqual([]);
  });

  test('names of one’s own are as welcome as the storefront’s', () => {
    const files = new Map([
      [
        'a/journey.yaml',
        'journey: a\ntrigger: { event: cart.created, if: event.anything > 1 }\naudience: profile.plan == "gold" && profile.state != "x"\nsteps:\n  - emit: cart.checked\n    data: { total: =trigger.whatever }\n',
      ],
    ]);
    expect(readWorkspace(files, {}).faults).toEqual([]);
  });
});
