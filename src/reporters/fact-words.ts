/** Facts for people: rules name them for machines. */
import type { Facts } from '../model/finding.ts';

type Value = Facts[string];

/** Where the name itself, with spaces for capitals, would read as something else. */
const labels: Readonly<Record<string, string>> = {
  popular: 'popular name',
  own: 'downloads of its own',
  confusion: 'alike by',
  parts: 'weighed',
  decibans: 'weight',
  threshold: 'blocks from',
  score: 'likelihood',
  near: 'nearest known name',
  passes: 'old enough from',
  dated: 'dated',
  lines: 'release lines',
  inARow: 'releases in a row',
  pinned: 'pinned to its content',
  told: 'told by',
};

/** What facts are called, and what was seen, as far as that is for people; `undefined` for what another fact says too. */
export function factInWords(name: string, value: Value, facts: Facts): readonly [label: string, value: Value] | undefined {
  if (name === 'confusion' && 'parts' in facts) return undefined;
  const label = Object.hasOwn(labels, name) ? (labels[name] ?? name) : name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return [label, valueInWords(name, value)];
}

function valueInWords(name: string, value: Value): Value {
  if (name === 'score' && typeof value === 'number' && value <= 1) return `${Math.floor(value * 100)} %`;
  return value;
}
