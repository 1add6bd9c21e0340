/** Archives that two programs read differently: what a scanner sees is not what npm unpacks. */
import type { AnomalyKind } from '../model/archive.ts';
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { at, changed, someContents } from './example.ts';

/** No honest tool writes these. */
const never: ReadonlySet<AnomalyKind> = new Set<AnomalyKind>([
  'absolute-path',
  'backslash-path',
  'bad-header',
  'control-characters',
  'device',
  'duplicate-path',
  'file-and-folder',
  'path-traversal',
  'trailing-data',
  'unknown-entry',
  'compression-ratio',
]);

export default defineRule({
  meta: {
    id: 'tarball-anomaly',
    family: 'shape',
    severity: 'high',
    summary: 'The archive is built in a way no honest tool builds it.',
    why: 'Paths that lead out of the package, two files under one name, data behind the end: such archives unpack differently in different programs, so that reviewers and scanners see other files than those that are installed.',
    remedy: 'Do not install this version.',
    references: ['node-tar advisories 2021 (path traversal, link following)', 'Tarmageddon 2025 (headers read differently)'],
    falsePositives: 'Names that differ only in case, and links, occur in old releases; they only warn.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const { anomalies } = contents;
    if (anomalies.length === 0) return [];
    const sure = anomalies.some(({ kind }) => never.has(kind));
    return [
      {
        message: `the archive has ${listText(
          anomalies.map(({ kind, path }) => `${kind.replaceAll('-', ' ')}${path === '' ? '' : ` (${printable(path, 60)})`}`),
          3,
        )}`,
        confidence: sure ? 'high' : 'low',
        facts: { anomalies: anomalies.map(({ kind, path, count }) => `${kind} ${printable(path, 80)} (${count})`) },
        ...(sure ? {} : { signal: 'tarball-anomaly:minor' }),
      },
    ];
  },
  examples: [
    {
      title: 'a path that leads out of the package',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents({ anomalies: [{ kind: 'path-traversal', path: 'package/../../.npmrc', count: 1 }] }) },
      flagged: true,
    },
    {
      title: 'an ordinary archive',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});
