// Each file of this folder, judged by a linter of its format; and each linter, by a mistake it has to find.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Linter, lint } from './linters.ts';

const place = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tropa-linted-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy with one thing changed. */
function spoiled(name: string, from: string, to: string): string {
  const text = readFileSync(place(name), 'utf8');
  expect(text).toContain(from);
  const copy = join(folder, name.replaceAll('/', '-'));
  writeFileSync(copy, text.replace(from, to));
  return copy;
}

interface Case {
  readonly file: string;
  readonly linter: Linter;
  readonly args: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly says: RegExp;
}

const COMPOSE = ['-c', place('dclint.json'), '--max-warnings', '0'];
const CASES: readonly Case[] = [
  { file: 'Dockerfile', linter: 'hadolint', args: [], from: 'WORKDIR /tropa', to: 'WORKDIR tropa', says: /DL3000/ },
  {
    file: 'compose.yaml',
    linter: 'dclint',
    args: COMPOSE,
    from: 'restart: unless-stopped',
    to: 'restrat: unless-stopped',
    says: /additional properties|restrat/i,
  },
  {
    file: 'kubernetes/tropa.yaml',
    linter: 'kubernetes-validate',
    args: ['--strict'],
    from: 'replicas: 2',
    to: 'replicas: two',
    says: /replicas/,
  },
  {
    file: 'alerts.yml',
    linter: 'promtool',
    args: ['check', 'rules', '--lint-fatal'],
    from: 'max(tropa_lag_seconds) > 60',
    to: 'max(tropa_lag_seconds > 60',
    says: /parse error/,
  },
  {
    file: 'prometheus.yml',
    linter: 'promtool',
    args: ['check', 'config', '--syntax-only'],
    from: 'scrape_interval',
    to: 'scrape_intervall',
    says: /scrape_intervall/,
  },
];

describe.each(CASES)('$file by $linter', ({ file, linter, args, from, to, says }) => {
  test('is as it should be', () => {
    expect(lint(linter, [...args, place(file)])).toMatchObject({ ok: true });
  }, 300_000);

  test('is not, where it is spoiled', () => {
    const { ok, output } = lint(linter, [...args, spoiled(file, from, to)]);
    expect(ok).toBe(false);
    expect(output).toMatch(says);
  }, 60_000);
});

describe('grafana.json by promtool', () => {
  const targets = (text: string): string[] =>
    (JSON.parse(text) as { panels: { targets: { expr: string }[] }[] }).panels.flatMap((panel) =>
      panel.targets.map(({ expr }) => expr),
    );
  const rulesOf = (exprs: readonly string[]): string => {
    const rules = exprs.map((expr, n) => ({ record: `panel:${n}`, expr }));
    const path = join(folder, 'panels.yml');
    writeFileSync(path, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    return path;
  };
  const exprs = targets(readFileSync(place('grafana.json'), 'utf8'));

  test('every question is one that Prometheus understands', () => {
    expect(exprs.length).toBeGreaterThan(5);
    expect(lint('promtool', ['check', 'rules', rulesOf(exprs)])).toMatchObject({ ok: true });
    expect(lint('promtool', ['check', 'rules', rulesOf([...exprs, 'max by (tropa'])])).toMatchObject({ ok: false });
  }, 300_000);
});

test('alarms sound when they should, and only then', () => {
  expect(lint('promtool', ['test', 'rules', place('alerts.test.yml')])).toMatchObject({ ok: true });
}, 60_000);
