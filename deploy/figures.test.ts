// What alarms, dashboard and autoscaling ask for is what a running Tropa tells at /metrics: by its name and by its labels.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { type Cluster, startCluster } from '../engine/testing/cluster.ts';

const file = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

const WORKSPACE = {
  'tropa.yaml': `timezone: UTC
consent: { email: opt_out }
sources: { shop: { type: segment, write_key: key } }
senders: { email: { provider: sandbox, name: main, from: shop@x.example } }
`,
  'hello/journey.yaml': 'journey: hello\nstatus: live\ntrigger: { event: go }\nsteps: [{ email: hello }]\n',
  'hello/hello.email.html': 'subject: Hello\n---\n<p>Hello</p>\n',
};

let cluster: Cluster;
/** Labels by name, over everything a door and a worker tell after one message. */
const told = new Map<string, Set<string>>();
beforeAll(async () => {
  cluster = await startCluster({ workspace: WORKSPACE, workers: 1, doors: 1 });
  const [door] = cluster.doors;
  await door!.track('anna', 'go', {}, { context: { traits: { email: 'anna@x.example' } } });
  for (let tries = 0; tries < 100 && (await door!.inbox())[0]?.status !== 'delivered'; tries += 1)
    await new Promise((done) => setTimeout(done, 100));
  for (const { url } of [...cluster.doors, ...cluster.workers])
    for (const line of (await (await fetch(`${url}/metrics`)).text()).split('\n')) {
      const [, name, labels = ''] = /^(tropa_[a-z_]+)(?:\{(.*)\})? /.exec(line) ?? [];
      if (name === undefined) continue;
      const known = told.get(name) ?? new Set();
      for (const [, label] of labels.matchAll(/([a-z_]+)="/g)) known.add(label!);
      told.set(name, known);
    }
}, 90_000);
afterAll(() => cluster?.close());

interface Rule {
  readonly expr: string;
}
interface Panel {
  readonly targets: readonly Rule[];
}

const EXPRESSIONS: Readonly<Record<string, () => string[]>> = {
  'alerts.yml': () => (parse(file('alerts.yml')) as { groups: { rules: Rule[] }[] }).groups[0]!.rules.map(exprOf),
  'grafana.json': () =>
    (JSON.parse(file('grafana.json')) as { panels: Panel[] }).panels.flatMap(({ targets }) => targets.map(exprOf)),
  'kubernetes/tropa.yaml': () =>
    parseAllDocuments(file('kubernetes/tropa.yaml'))
      .map((doc) => doc.toJS() as { kind: string; spec: { metrics?: { external?: { metric: { name: string } } }[] } })
      .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
      .flatMap(({ spec }) => (spec.metrics ?? []).flatMap(({ external }) => external?.metric.name ?? [])),
};

function exprOf({ expr }: Rule): string {
  return expr;
}

test.each(Object.keys(EXPRESSIONS))('%s asks for figures that are told', (name) => {
  const asked = EXPRESSIONS[name]!().flatMap((expr) => expr.match(/tropa_[a-z_]+/g) ?? []);
  expect(asked.length).toBeGreaterThan(0);
  for (const figure of asked) expect([...told.keys()]).toContain(figure);
});

test('what is asked by a label is told with it', () => {
  const asked = [...EXPRESSIONS['alerts.yml']!(), ...EXPRESSIONS['grafana.json']!()].flatMap((expr) =>
    [...expr.matchAll(/by \(([a-z_, ]+)\) \((?:rate\()?(tropa_[a-z_]+)/g)].map(([, labels, figure]) => ({
      figure: figure!,
      labels: labels!.split(', '),
    })),
  );
  expect(asked.length).toBeGreaterThan(3);
  for (const { figure, labels } of asked)
    expect({ figure, labels: [...(told.get(figure) ?? [])] }).toEqual({
      figure,
      labels: expect.arrayContaining(labels),
    });
});

test('what issue and manual promise is there', () => {
  const manual = file('../docs/operations.md');
  for (const figure of told.keys()) expect(manual).toContain(figure);
});
