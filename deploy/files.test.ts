// The files of this folder say what the program knows: settings, commands and probes. Figures: figures.test.ts.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from '../engine/config.ts';

const file = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const HEALTH = readFileSync(new URL('../engine/http/health.ts', import.meta.url), 'utf8');

/** What a file of YAML is, until a test says what it expects of it. */
type Tree = ReturnType<typeof parse>;

describe('compose.yaml', () => {
  const compose = parse(file('compose.yaml'), { merge: true }) as Tree;

  test('runs doors and workers with settings that the program takes', () => {
    const { door, worker } = compose.services;
    expect([door.command, door.deploy.replicas]).toEqual([['serve', '--no-engine'], 2]);
    expect([worker.command, worker.deploy.replicas]).toEqual([['worker'], 3]);
    for (const { environment, read_only, cap_drop } of [door, worker]) {
      const told = {
        ...environment,
        TROPA_SECRET: 'a secret of compose',
        PUBLIC_URL: 'http://localhost:7070',
        METRICS_TOKEN: 'change-me-please',
      };
      expect(readConfig(told)).toMatchObject({ mongodbUrl: told.MONGODB_URL, redisUrl: told.REDIS_URL });
      expect([read_only, cap_drop]).toEqual([true, ['ALL']]);
    }
  });

  test('has a replica set, a Redis that throws nothing away, and volumes that are there', () => {
    const { mongo, redis } = compose.services;
    expect(mongo.command).toContain('--replSet');
    expect(redis.command.join(' ')).toContain('--maxmemory-policy noeviction');
    const named = (Object.values(compose.services) as { volumes?: string[] }[])
      .flatMap(({ volumes = [] }) => volumes.map((volume) => String(volume.split(':')[0])))
      .filter((name) => !/^[./]/.test(name));
    expect([...new Set(named)].sort()).toEqual(Object.keys(compose.volumes).sort());
  });
});

describe('kubernetes/tropa.yaml', () => {
  const all = parseAllDocuments(file('kubernetes/tropa.yaml')).map((doc) => {
    expect(doc.errors).toEqual([]);
    return doc.toJS() as Tree;
  });
  const of = (kind: string): Tree[] => all.filter((one) => one.kind === kind);

  test('runs without rights, is probed where the program answers, and stops gently', () => {
    expect(of('Deployment')).toHaveLength(2);
    for (const { spec } of of('Deployment')) {
      const pod = spec.template.spec;
      const [container] = pod.containers;
      expect(pod.securityContext.runAsNonRoot).toBe(true);
      expect(container.securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
      });
      const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((name) => container[name].httpGet.path);
      for (const path of probes) expect(HEALTH).toContain(`'${path}'`);
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(10);
      expect(spec.selector.matchLabels).toEqual(spec.template.metadata.labels);
    }
  });

  test('every deployment has a budget, and what is named is there', () => {
    const names = new Set(all.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    expect(of('PodDisruptionBudget').map(({ spec }) => spec.selector.matchLabels.role)).toEqual(['door', 'worker']);
    for (const { spec } of of('HorizontalPodAutoscaler'))
      expect(names).toContain(`${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`);
    for (const { spec } of of('Deployment'))
      expect(names).toContain(`ServiceAccount/${spec.template.spec.serviceAccountName}`);
  });
});

test('every alarm says what it means, and docs/operations.md what to do', () => {
  const { groups } = parse(file('alerts.yml')) as Tree;
  const manual = file('../docs/operations.md');
  for (const { alert, annotations, expr } of groups[0].rules) {
    expect(annotations.summary.length).toBeGreaterThan(10);
    expect(expr).toMatch(/tropa_|up\{/);
    expect(manual).toContain(alert);
  }
});

test('the image runs as a user, and is told healthy where the program answers', () => {
  const lines = file('Dockerfile').split('\n');
  expect(lines.filter((line) => line.startsWith('FROM ')).length).toBe(2);
  expect(lines).toContain('USER 1000:1000');
  expect(lines.find((line) => line.startsWith('HEALTHCHECK'))).toContain('/healthz');
  expect(lines.find((line) => line.startsWith('ENTRYPOINT'))).toContain('bin/tropa.js');
});
