import { describe, expect, it } from '@jest/globals';
import { importRisk, installRisk, standingHarm } from '../../src/code/risk.ts';
import { placedText } from '../../src/model/capability-text.ts';
import type { CapabilityKind } from '../../src/model/contents.ts';
import { aCapability } from '../../src/rules/example.ts';

const live = (kind: CapabilityKind, detail: string, file = 'index.js') => aCapability(kind, detail, { file });
const waiting = (kind: CapabilityKind, detail: string, file = 'index.js') => aCapability(kind, detail, { file, waits: true });

describe('what runs by importing weighs more than what waits to be called', () => {
  it.each([
    [
      'a client of a cloud that reads its credentials',
      [
        ['exfiltration', 'credentials to sso.example.invalid'],
        ['credential-file', 'AWS credentials'],
      ],
    ],
    [
      'a program that is fetched and started',
      [
        ['download-execute', '/tmp/x'],
        ['download', '/tmp/x'],
        ['network', 'bin.invalid'],
      ],
    ],
    [
      'a program that is started beside a host that is asked',
      [
        ['process', 'osascript -e x'],
        ['network', 'a.invalid'],
      ],
    ],
    ['the clipboard', [['clipboard', 'pbpaste']]],
    ['publishing', [['self-publish', 'npm publish']]],
    ['cookies that are sent', [['exfiltration', 'page data to a.invalid']]],
    [
      'a replaced function and a host',
      [
        ['page-hook', 'https#request'],
        ['network', 'a.invalid'],
      ],
    ],
  ] satisfies [string, [CapabilityKind, string][]][])('%s', (_, list) => {
    expect(['convicts', 'suspicious']).toContain(importRisk(list.map(([kind, detail]) => live(kind, detail))).grade);
    expect(['weak', 'none']).toContain(importRisk(list.map(([kind, detail]) => waiting(kind, detail))).grade);
  });

  it('what nobody has a reason to send convicts wherever it is sent', () => {
    expect(importRisk([waiting('exfiltration', 'the environment to a host')]).grade).toBe('convicts');
    expect(importRisk([waiting('exfiltration', 'key material to a.invalid')]).grade).toBe('convicts');
    expect(importRisk([waiting('exfiltration', 'key material to a host')]).grade).toBe('weak');
  });

  it('using the wallet of a page is no replacing of it', () => {
    expect(importRisk([waiting('wallet-hook', 'ethereum'), live('address-table', '3 payment addresses')]).grade).toBe('none');
    expect(importRisk([live('wallet-hook', 'replaces ethereum.…'), live('address-table', '3 payment addresses')]).grade).toBe('convicts');
  });

  it('asking git is nothing strange', () => {
    expect(importRisk([live('process', 'git rev-parse HEAD'), live('network', 'a.invalid')]).grade).toBe('none');
  });
});

describe('what stands in different files', () => {
  it('counts together when it runs by importing', () => {
    const taken = [
      ['SSH keys', 'gather.js'],
      ['npm configuration', 'gather.js'],
    ] as const;
    expect(importRisk([...taken.map(([detail, file]) => live('credential-file', detail, file)), live('network', 'a.invalid', 'send.js')]).grade).toBe(
      'suspicious',
    );
    expect(
      importRisk([...taken.map(([detail, file]) => waiting('credential-file', detail, file)), live('network', 'a.invalid', 'send.js')]).grade,
    ).toBe('none');
  });
});

it('asking the wallet of a page for a transaction by importing alone is strange, offering to is not', () => {
  const asks = [
    ['wallet-hook', 'ethereum'],
    ['wallet-hook', 'a transaction'],
  ] as const;
  expect(importRisk(asks.map(([kind, detail]) => live(kind, detail))).grade).toBe('suspicious');
  expect(importRisk(asks.map(([kind, detail]) => waiting(kind, detail))).grade).toBe('none');
});

it('what waits is said to', () => {
  expect(placedText(waiting('process', 'id'))).toMatch(/starts id \(when it is called\)$/);
  expect(placedText(live('process', 'id'))).toMatch(/starts id$/);
});

describe('on install', () => {
  const installs = (kind: CapabilityKind, detail: string) => aCapability(kind, detail, { reach: 'install' });

  it('telling whose machine it is, or leaving a way back in, is strange by itself', () => {
    expect(installRisk([installs('exfiltration', 'facts about the host to a.invalid')]).grade).toBe('suspicious');
    expect(installRisk([installs('ci-config', 'CI workflow')]).grade).toBe('suspicious');
    expect(installRisk([installs('credential-file', 'SSH keys')]).grade).toBe('suspicious');
    expect(installRisk([installs('persistence', 'git hook')]).grade).toBe('weak');
  });

  it('several places of one kind are still something', () => {
    expect(installRisk([installs('credential-file', 'npm configuration'), installs('credential-file', 'Docker credentials')]).grade).toBe('weak');
  });
});

describe('what changes things of others', () => {
  it('by importing alone convicts, by a command or a call it does not', () => {
    for (const [kind, detail] of [
      ['package-tamper', 'a file of another package, written'],
      ['destructive', 'what it finds in the project'],
    ] as const) {
      expect(importRisk([live(kind, detail)]).grade).toBe('convicts');
      expect(importRisk([waiting(kind, detail)]).grade).not.toBe('convicts');
      expect(importRisk([aCapability(kind, detail, { reach: 'bin' })]).grade).not.toBe('convicts');
    }
  });

  it('nobody has a reason for convicts wherever it stands', () => {
    expect(importRisk([waiting('credential-file', 'SSH keys, one of its own written')]).grade).toBe('convicts');
    expect(importRisk([waiting('credential-file', 'SSH keys, written')]).grade).toBe('weak');
    expect(importRisk([waiting('messenger', 'hidden copy of mail to x@drop.invalid')]).grade).toBe('convicts');
    expect(importRisk([waiting('secret-scanner', 'workflow that takes all secrets'), waiting('ci-config', 'CI workflow, written')]).grade).toBe(
      'convicts',
    );
    expect(importRisk([waiting('secret-scanner', 'workflow that takes all secrets')]).grade).toBe('weak');
  });

  it('what is copied counts beside payment addresses only', () => {
    const table = live('address-table', 'a payment address, and a pattern that finds others');
    expect(importRisk([live('clipboard', 'what is copied is replaced'), table]).grade).toBe('convicts');
    expect(importRisk([table]).grade).toBe('none');
    expect(importRisk([live('page-hook', 'fetch'), live('address-table', 'a pattern that finds payment addresses')]).grade).toBe('convicts');
  });

  it('settings of a project alone are what sets up projects', () => {
    const settings = [live('ci-config', 'CI workflow'), live('agent-config', 'editor tasks'), live('credential-file', 'npm configuration')];
    expect(importRisk(settings).grade).toBe('weak');
    expect(importRisk([...settings, live('network', 'a.invalid', 'other.js')]).grade).toBe('suspicious');
  });
});

it('credentials sent by a call so that nobody hears of a failure convict, those of a client do not', () => {
  expect(importRisk([waiting('exfiltration', 'contents of files, credentials to a.invalid unnoticed')]).grade).toBe('convicts');
  expect(importRisk([waiting('exfiltration', 'contents of files, credentials to a.invalid')]).grade).toBe('weak');
});

describe('what convicts a package since its first release', () => {
  it.each([
    ['what is taken and sent', [live('exfiltration', 'the environment to in.invalid'), live('network', 'in.invalid')], ['exfiltration']],
    ['a note on the desktop', [live('desktop-file', 'a file on the desktop')], ['desktop-file']],
    ['the environment sent by the install', [aCapability('exfiltration', 'the environment to in.invalid', { reach: 'install' })], ['exfiltration']],
    ['but not a program that the install fetches, which packages of programs do', [aCapability('download-execute', 'x', { reach: 'install' })], []],
    ['nor text that is decoded and run', [live('decode-execute', 'eval of decoded text')], []],
    ['but not what may be meant together', [live('environment', 'Object.keys(process.env)'), live('network', 'in.invalid')], []],
    ['nor what waits for a call', [waiting('exfiltration', 'credentials to in.invalid')], []],
  ])('%s', (_, capabilities, kinds) => {
    expect(standingHarm(capabilities).map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('what every bundle takes', () => {
  it('is held only against a host that is written down, unless installing runs it', () => {
    for (const [kind, detail] of [
      ['credential-file', 'environment files'],
      ['environment', 'Object.keys(process.env)'],
    ] as const) {
      expect(importRisk([live(kind, detail), live('network', 'https to …')]).grade).not.toBe('convicts');
      expect(importRisk([live(kind, detail), live('network', 'drop.invalid')]).grade).toBe('convicts');
      const installs = [aCapability(kind, detail, { reach: 'install' }), aCapability('network', 'https to …', { reach: 'install' })];
      expect(installRisk(installs).grade).toBe('convicts');
    }
    expect(importRisk([live('credential-file', 'SSH keys'), live('network', 'https to …')]).grade).toBe('convicts');
  });
});

it('a worker carried as text uses modules, it hides no host', () => {
  const decoded = (detail: string) => aCapability('network', detail, { readAs: 'decoded' });
  expect(importRisk([decoded('module https')]).grade).toBe('none');
  expect(importRisk([decoded('drop.invalid')]).grade).toBe('suspicious');
});

it('a command that throws away what it kept in the home folder is told apart from code that sweeps it on import', () => {
  const sent = live('exfiltration', 'contents of files to a host');
  const sweep = (reach: 'bin' | 'import') => aCapability('destructive', 'all it finds in the home folder', { file: 'bin.js', reach });
  expect(importRisk([sent, sweep('bin')]).grade).toBe('weak');
  expect(importRisk([sent, sweep('import')]).grade).not.toBe('weak');
  expect(importRisk([sweep('import')]).grade).not.toBe('weak');
});
