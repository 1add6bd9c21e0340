import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AuditEvent, openAuditFile } from '../../src/proxy/audit.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const event: AuditEvent = {
  at: '2026-01-01T00:00:00Z',
  client: '127.0.0.1',
  agent: 'a\nb',
  asked: 'tarball',
  subject: 'left@1.0.0',
  status: 403,
  verdict: 'withheld',
  rules: ['bad'],
  policy: 'x',
};

describe('the audit log', () => {
  it('goes on after a process was killed in the middle of a line, and loses nothing else', async () => {
    const file = join(folder, 'audit.log');
    writeFileSync(file, '{"at":"2025","cut of');
    const log = openAuditFile(file, () => {});
    log.write(event);
    await log.close();
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'));
    expect(lines.map((line) => JSON.parse(line))).toEqual([event]);
  });

  (existsSync('/dev/full') ? it : it.skip)('complains once when the disk is full, counts what is lost, and does not stop the proxy', async () => {
    const said: string[] = [];
    const log = openAuditFile('/dev/full', (text) => said.push(text));
    for (let i = 0; i < 5; i++) {
      log.write(event);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await log.close();
    expect(said).toHaveLength(1);
    expect(log.lost).toBeGreaterThanOrEqual(4);
  });

  it('writes again once it can, and says so', async () => {
    const file = join(folder, 'later', 'audit.log');
    const said: string[] = [];
    const log = openAuditFile(file, (text) => said.push(text), 0);
    const write = async () => {
      log.write(event);
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await write();
    await write();
    mkdirSync(join(folder, 'later'));
    await write();
    await log.close();
    expect(readFileSync(file, 'utf8')).toBe(`\n${JSON.stringify(event)}\n`);
    expect(said).toEqual([
      expect.stringMatching(/cannot be written: .*counts what is lost \(depward_audit_lost\)\. Make room/),
      expect.stringMatching(/is written again; \d+ lines are lost$/),
    ]);
  });
});
