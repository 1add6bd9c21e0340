import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import type { Report } from '../../src/model/report.ts';
import sarif from '../../src/reporters/sarif.ts';
import { cleanReport, fullReport, hostileReport, pages } from '../helpers/a-report.ts';

const context = { rules: pages };

/** The official schema, of draft 4; what it uses of that draft means the same to a reader of draft 7. */
function officialSchema(): object {
  const file = new URL('../../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json', import.meta.url);
  const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
  return schema;
}

const ajv = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true });
formats.default(ajv);
const valid = ajv.compile(officialSchema());

const logOf = (report: Report) => JSON.parse(sarif(report, context));

describe('SARIF', () => {
  it.each([
    ['full', fullReport],
    ['clean', cleanReport],
    ['hostile', hostileReport],
  ])('%s: has the official form', (_, report) => {
    valid(logOf(report));
    expect(valid.errors).toBeNull();
  });

  it('is held to the form', () => {
    const log = logOf(fullReport);
    delete log.runs[0].tool.driver.name;
    expect(valid(log)).toBe(false);
  });

  it('gives region, level, fingerprint and rule of each finding', () => {
    const [run] = logOf(fullReport).runs;
    expect(run.results[0]).toMatchObject({
      ruleId: 'release-age',
      level: 'error',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'package-lock.json' }, region: { startLine: 42, startColumn: 5 } } }],
      partialFingerprints: { 'depward/v1': 'release-age  left@1.3.1 sha512-x' },
    });
    expect(run.tool.driver.rules[run.results[0].ruleIndex]).toMatchObject({ id: 'release-age', properties: { 'security-severity': '5.5' } });
    expect(run.invocations[0].executionSuccessful).toBe(false);
  });

  it('keeps to relative places and to plain words, whatever strangers write', () => {
    const [run] = logOf(hostileReport).runs;
    for (const result of run.results) {
      for (const { physicalLocation } of result.locations)
        if (physicalLocation) expect(physicalLocation.artifactLocation.uri).toMatch(/^[A-Za-z0-9%._~!'()*/-]+$/);
      expect(result.message.text.replaceAll(/\\[[\]\\]/g, '')).not.toMatch(/[[\]]/);
    }
  });
});
