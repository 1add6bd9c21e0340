/**
 * eslint-scope 2018, ua-parser-js 2021, Shai-Hulud 2025, keyv 2026: the script of the install is one harmless word
 * (`node setup.mjs`); what counts is what the file does.
 */

import { installRisk } from '../code/risk.ts';
import { capabilityText, placedText } from '../model/capability-text.ts';
import type { ContentsEvidence, InstallCall } from '../model/contents.ts';
import type { Observation } from '../model/finding.ts';
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { aCapability, added, aStep, at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'install-code-risk',
    family: 'script',
    severity: 'critical',
    summary: 'Code that runs by installing fetches and runs things, takes credentials, or spreads.',
    why: 'Whatever npm runs on install has your rights, your tokens and your files. This code, followed from the script to the files it starts, does something that the release before did not do and that installing a package does not need.',
    remedy: 'Do not install this version; if it was installed, treat every token and key on that machine as known to others.',
    references: [
      'eslint-scope 2018',
      'ua-parser-js 2021',
      'Shai-Hulud 2025',
      'keyv 2026',
      'Duan et al., Towards Measuring Supply Chain Attacks on Package Managers (2021)',
    ],
    falsePositives:
      'Installers that fetch a program and unpack it are described, not accused, as long as the release before did the same. A command that no package it depends on offers is told with low confidence: what is found under that name on the machine decides what runs.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const risk = installRisk(contents.capabilities);
    if (risk.grade === 'none') return unoffered(contents);
    const first = contents.against === undefined;
    return [
      {
        message: `installing it runs code that ${listText(risk.because.map(capabilityText), 3)}`,
        confidence: risk.grade === 'convicts' ? 'high' : risk.grade === 'suspicious' ? 'medium' : 'low',
        facts: {
          runs: contents.install.map((step) => `${step.trigger}: ${step.command}`),
          does: risk.because.map(placedText),
          ...callsFact(contents.calls),
          ...(first ? {} : { comparedWith: contents.against ?? '' }),
        },
        signal: `install-code-risk:${risk.grade}`,
      },
    ];
  },
  examples: [
    {
      title: 'a new preinstall that fetches another runtime and publishes packages',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-08-04T10:00:00Z'),
      evidence: {
        contents: someContents({
          install: [aStep('preinstall', 'node setup.mjs', { files: ['setup.mjs'] })],
          capabilities: [
            aCapability('runtime-download', 'another JavaScript runtime', { reach: 'install', file: 'setup.mjs' }),
            aCapability('self-publish', 'npm publish', { reach: 'install', file: 'setup.mjs' }),
          ],
        }),
      },
      flagged: true,
    },
    {
      title: 'an installer that only fetches its program, as before',
      change: added('native-tool', '2.0.0'),
      now: at('2026-08-04T10:00:00Z'),
      evidence: {
        contents: someContents({
          install: [aStep('postinstall', 'node install.js', { isNew: false })],
          capabilities: [aCapability('network', 'downloads.example', { reach: 'install', novelty: 'old' })],
        }),
      },
      flagged: false,
    },
    {
      title: 'a new install that calls a command no package it depends on offers',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-08-04T10:00:00Z'),
      evidence: {
        contents: someContents({
          install: [aStep('postinstall', 'fetch-parts --all', { tools: ['fetch-parts'] })],
          calls: [{ command: 'fetch-parts' }],
        }),
      },
      flagged: true,
    },
    {
      title: 'a new install that calls the well-known tool of a dependency',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-08-04T10:00:00Z'),
      evidence: {
        contents: someContents({
          install: [aStep('postinstall', 'known-tool setup', { tools: ['known-tool'] })],
          calls: [{ command: 'known-tool', from: 'known-tool@1.2.3', notRead: 'well known, and judged where it comes in' }],
        }),
      },
      flagged: false,
    },
  ],
});

/** What else is found under that name when the install runs decides what runs. */
function unoffered(contents: ContentsEvidence): readonly Observation[] {
  // What should have been read and could not be is told as such, and is no pass.
  const unknown = contents.calls.filter(({ from, fetched, failed }) => (from === undefined || fetched) && !failed);
  if (unknown.length === 0) return [];
  const commands = listText(
    unknown.map(({ command }) => printable(command, 60)),
    3,
  );
  const many = unknown.some(({ notRead }) => notRead !== undefined);
  return [
    {
      message: many
        ? `installing it calls more commands than are followed: ${commands} could not be told`
        : `installing it calls ${commands}, which no package it depends on offers`,
      confidence: 'low',
      facts: { runs: contents.install.map((step) => `${step.trigger}: ${step.command}`), ...callsFact(contents.calls) },
      signal: 'install-code-risk:nobodys-command',
    },
  ];
}

function callsFact(calls: readonly InstallCall[]): { readonly calls?: readonly string[] } {
  return calls.length === 0 ? {} : { calls: calls.map(callText) };
}

function callText({ command, from, fetched, file, notRead }: InstallCall): string {
  if (fetched) return `${printable(command, 60)}: fetched from the registry, today ${printable(file ?? from ?? '', 160)}`;
  if (from !== undefined)
    return `${printable(command, 60)}: ${printable(file ?? from, 160)}${notRead === undefined ? '' : ` (${printable(notRead, 200)})`}`;
  return `${printable(command, 60)}: ${notRead === undefined ? 'no package it depends on offers it, and it is no known tool of the system' : printable(notRead, 200)}`;
}
