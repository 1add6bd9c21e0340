/** Jest runs the TypeScript sources as native ES modules; see package.json's test script. */
import { publicRegistries } from './.ci/public-registries.mjs';

export default {
  testEnvironment: 'node',
  // As in the build.
  globals: { depwardPublicRegistries: publicRegistries.join(' ') },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { module: { type: 'es6' }, jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/fixtures/'],
  testTimeout: 30_000,
  maxWorkers: 2,
};
