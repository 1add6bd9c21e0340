/** Shai-Hulud's heirs of 2026 left .claude and .vscode settings behind: whoever opens the folder runs their commands. */
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { aCapability, at, changed, someContents } from './example.ts';

/** Files that make an editor or an agent do something; notes and launch settings do not. */
const obeyed =
  /(^|\/)(\.claude\/(settings(\.local)?\.json|hooks\/)|\.cursor\/(mcp|hooks)\.json|\.vscode\/(tasks|settings)\.json|\.(gemini|codex|kiro|windsurf|continue)\/|\.devcontainer\/|\.?mcp\.json$)/;

export default defineRule({
  meta: {
    id: 'agent-config-added',
    family: 'shape',
    severity: 'medium',
    summary: 'The release ships configuration that editors or coding agents obey.',
    why: 'Hooks, tasks and tool servers in such files are commands that run when a folder is opened or a session starts, often without a question. A library has no reason to ship them.',
    remedy: 'Look at the commands named. Do not open the installed folder of the package with an editor or agent that trusts it.',
    references: ['keyv 2026', 'mini Shai-Hulud 2026', 'sandworm-mode 2026'],
    falsePositives:
      'Files of the developers that were published by mistake; without commands in them confidence is low, and editor settings without any are not told.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const config = contents.added.filter(({ path }) => obeyed.test(path));
    const commands = contents.capabilities.filter(
      (found) => found.kind === 'agent-config' && found.detail.startsWith('runs') && config.some(({ path }) => path === found.file),
    );
    if (config.length === 0 || (commands.length === 0 && config.every(({ path }) => path.includes('.vscode/')))) return [];
    const unasked = commands.filter((found) => found.detail.startsWith('runs unasked'));
    return [
      {
        message: `ships ${listText(
          config.map(({ path }) => printable(path, 60)),
          3,
        )}${commands.length > 0 ? `, which ${printable(commands[0]?.detail ?? '', 80)}` : ''}`,
        confidence: unasked.length > 0 ? 'high' : commands.length > 0 ? 'medium' : 'low',
        facts: {
          files: config.slice(0, 20).map(({ path }) => printable(path)),
          commands: commands.slice(0, 12).map((found) => printable(found.detail)),
        },
        signal: commands.length > 0 ? 'agent-config-added' : 'agent-config-added:quiet',
      },
    ];
  },
  examples: [
    {
      title: 'a task that runs when the folder is opened',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-08-04T10:00:00Z'),
      evidence: {
        contents: someContents({
          added: [{ path: '.vscode/tasks.json', size: 200, hash: 'x', type: 'json', reach: 'shipped' }],
          capabilities: [aCapability('agent-config', 'runs unasked: node setup.js', { file: '.vscode/tasks.json', reach: 'shipped' })],
        }),
      },
      flagged: true,
    },
    {
      title: 'no such files',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-08-04T10:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});
