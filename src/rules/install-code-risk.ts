/**
 * eslint-scope 2018, ua-parser-js 2021, Shai-Hulud 2025, keyv 2026: the script of the install is one harmless word
 * (`node setup.mjs`); what counts is what the file does.
 */
import { capabilityText, installRisk, placedText } from '../code/risk.ts';
import { defineRule } from '../model/rule.ts';
import { listText } from '../model/text.ts';
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
    falsePositives: 'Installers that fetch a program and unpack it are described, not accused, as long as the release before did the same.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const risk = installRisk(contents.capabilities);
    if (risk.grade === 'none') return [];
    const first = contents.against === undefined;
    return [
      {
        message: `installing it runs code that ${listText(risk.because.map(capabilityText), 3)}`,
        confidence: risk.grade === 'convicts' ? 'high' : risk.grade === 'suspicious' ? 'medium' : 'low',
        facts: {
          runs: contents.install.map((step) => `${step.trigger}: ${step.command}`),
          does: risk.because.map(placedText),
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
  ],
});
