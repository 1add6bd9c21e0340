/** Configuration in a package that editors and coding agents obey: the commands it makes them run. */
import { commandFacts } from './command.ts';
import type { Doing } from './command-facts.ts';

/** True for files by which an editor, a coding agent or CI takes orders. */
export function isAgentConfig(path: string): boolean {
  return /(^|\/)(\.claude\/(settings(\.local)?\.json|hooks\/|commands\/|skills\/|agents\/)|\.cursor\/|\.vscode\/(tasks|settings|launch|extensions)\.json|\.idea\/|\.codex\/|\.gemini\/|\.windsurf\/|\.continue\/|\.kiro\/|\.devcontainer\/|\.mcp\.json$|mcp\.json$|\.cursorrules$|\.windsurfrules$|\.clinerules|CLAUDE\.md$|AGENTS\.md$|GEMINI\.md$|\.github\/copilot-instructions\.md$)/.test(
    path,
  );
}

/** True for CI workflow files. */
export function isCiConfig(path: string): boolean {
  return /(^|\/)(\.github\/(workflows|actions)\/|\.gitlab-ci\.yml$|\.circleci\/|azure-pipelines\.yml$|\.travis\.yml$)/.test(path);
}

export interface OrderFacts {
  /** Commands an editor or agent would run, with whether nobody is asked first. */
  readonly commands: readonly { readonly command: string; readonly at: number; readonly unasked: boolean }[];
  readonly doings: readonly Doing[];
}

/** The commands of a configuration file: every `command` in its JSON. */
export function readOrders(path: string, source: string): OrderFacts {
  const commands: { command: string; at: number; unasked: boolean }[] = [];
  const unasked =
    /"runOn"\s*:\s*"folderOpen"|"hooks"\s*:|"SessionStart"|"(onCreate|postCreate|postStart|postAttach|initialize|updateContent)Command"/.test(
      source,
    ) || /mcp/i.test(path);
  for (const found of source.slice(0, 500_000).matchAll(/"(?:command|\w+Command)"\s*:\s*("(?:[^"\\]|\\.)*"|\[[^\]]*\])/g)) {
    const text = textOf(found[1] ?? '');
    if (text !== '') commands.push({ command: text, at: found.index, unasked });
  }
  return { commands: commands.slice(0, 50), doings: commands.slice(0, 50).flatMap(({ command }) => commandFacts(command).doings) };
}

function textOf(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : Array.isArray(value) ? value.join(' ') : '';
  } catch {
    return '';
  }
}
