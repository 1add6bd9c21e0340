/** Reads the counted weights that depward ships with. */
import { readFileSync } from 'node:fs';
import { DepwardError } from '../model/errors.ts';
import type { Family } from '../model/rule.ts';
import { dataFolder } from '../package-root.ts';
import type { Weight, Weights } from './join.ts';

/** The weights by signal: of metadata from data/weights.json, of contents from data/contents-weights.json. */
export function loadWeights(): Weights {
  return new Map(['weights.json', 'contents-weights.json'].flatMap((file) => [...parseWeights(readFileSync(new URL(file, dataFolder), 'utf8'))]));
}

/** Weights from their JSON text; what is not a weight there is a fault of the installation. */
export function parseWeights(text: string): Weights {
  const signals = fieldsOf(fieldsOf(JSON.parse(text))['signals']);
  return new Map(Object.entries(signals).map(([signal, row]) => [signal, weightOf(signal, fieldsOf(row))]));
}

function weightOf(signal: string, { family, decibans }: Readonly<Record<string, unknown>>): Weight {
  if (!isFamily(family) || typeof decibans !== 'number' || !Number.isFinite(decibans)) {
    throw new DepwardError('internal', `data/weights.json holds no weight for ${signal}`, { hint: 'install depward again' });
  }
  return { family, decibans };
}

const families: Readonly<Record<Family, true>> = {
  name: true,
  age: true,
  script: true,
  dependency: true,
  publisher: true,
  trust: true,
  timing: true,
  code: true,
  hiding: true,
  shape: true,
  source: true,
  pipeline: true,
};

function isFamily(value: unknown): value is Family {
  return typeof value === 'string' && Object.hasOwn(families, value);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
