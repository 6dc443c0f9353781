// One table says what each room may import; every rule is made from it.
const MAY = {
  language: [],
  core: ['language'],
  ports: ['language', 'core'],
  runtime: ['language', 'core', 'ports'],
  store: ['language', 'core', 'ports'],
  wakeups: ['language', 'core', 'ports'],
  traces: ['language', 'core', 'ports'],
  sources: ['language', 'core', 'ports'],
  reports: ['language', 'core', 'ports'],
  laboratory: ['language', 'core', 'ports', 'runtime', 'reports'],
  http: ['language', 'core', 'ports', 'runtime', 'reports'],
  cli: ['language', 'core', 'ports', 'runtime', 'reports', 'laboratory', 'http', 'config.ts'],
};

const inside = (room) => (room.endsWith('.ts') ? `^engine/${room}$` : `^engine/${room}/`);
const TESTS = '\\.(test|contract)\\.ts$|^engine/testing/';

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'npm-no-pkg', severity: 'error', from: {}, to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] } },
    ...Object.entries(MAY).map(([from, may]) => ({
      name: `${from}-keeps-its-direction`,
      severity: 'error',
      from: { path: `^engine/${from}/`, pathNot: TESTS },
      to: { path: '^(engine|channels|dashboard)/', pathNot: [from, ...may].map(inside) },
    })),
    {
      name: 'channels-know-their-port-only',
      severity: 'error',
      from: { path: '^channels/([^/]+)/', pathNot: TESTS },
      to: { path: '^(engine|channels|dashboard)/', pathNot: ['^engine/ports/', '^channels/$1/'] },
    },
    {
      name: 'the-dashboard-knows-the-http-schemas-only',
      severity: 'error',
      from: { path: '^dashboard/', pathNot: TESTS },
      to: { path: '^(engine|channels)/', pathNot: '^engine/http/api/schemas' },
    },
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      from: { path: '^engine/(language|core)/', pathNot: TESTS },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'drivers-stay-in-their-adapter',
      severity: 'error',
      from: { pathNot: `^engine/(store|wakeups|traces)/|^channels/|${TESTS}` },
      to: {
        path: 'node_modules/(better-sqlite3|mongoose|mongodb|bullmq|ioredis|nodemailer|twilio|web-push|@opentelemetry)/',
      },
    },
    {
      name: 'only-the-composition-root-imports-adapters',
      severity: 'error',
      from: { pathNot: `^engine/main\\.ts$|^engine/(store|wakeups|sources|traces)/|^channels/|^bench/|${TESTS}` },
      to: { path: '^engine/(store|wakeups|sources|traces)/|^channels/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^dist/' },
  },
};
