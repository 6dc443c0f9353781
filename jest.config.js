export default {
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/dashboard/dist'],
  testMatch: ['<rootDir>/{engine,channels,bench,deploy,dashboard}/**/*.test.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } }],
  },
  setupFiles: ['<rootDir>/engine/testing/same-cases.ts'],
  maxWorkers: 2,
  testTimeout: 60_000,
};
