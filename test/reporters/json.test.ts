import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import json from '../../src/reporters/json.ts';
import { cleanReport, fullReport, hostileReport } from '../helpers/a-report.ts';

const schema: object = JSON.parse(readFileSync(new URL('../../depward.report.schema.json', import.meta.url), 'utf8'));
const valid = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

describe('the JSON report', () => {
  it.each([
    ['full', fullReport],
    ['clean', cleanReport],
    ['hostile', hostileReport],
  ])('%s: has the published form', (_, report) => {
    valid(JSON.parse(json(report)));
    expect(valid.errors).toBeNull();
  });

  it('is held to the form: a field unknown to the schema is a mistake', () => {
    expect(valid({ ...JSON.parse(json(fullReport)), extra: 1 })).toBe(false);
    expect(valid({ ...JSON.parse(json(fullReport)), schema: 2 })).toBe(false);
  });

  it('gives the same bytes for the same report, and loses nothing', () => {
    expect(json(structuredClone(fullReport))).toBe(json(fullReport));
    expect(JSON.parse(json(hostileReport))).toEqual(hostileReport);
  });

  it('holds nothing that steers a terminal', () => {
    expect(json(hostileReport)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]|\udb40/);
  });
});
