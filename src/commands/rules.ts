/** `depward rules`: every rule with what the policy here makes of it. */
import type { Level, Policy } from '../model/policy.ts';
import { columnsOf, paintWith, wrap } from '../reporters/paint.ts';
import { type RulePage, ruleBook } from '../rule-book.ts';
import { exit, type Io } from './io.ts';
import { wantsJson } from './options.ts';
import { colourWanted } from './output.ts';
import { projectPolicy } from './policy.ts';

export interface RulesOptions {
  readonly config?: string;
  readonly color?: boolean;
  readonly format?: string | readonly string[];
  /** The same as `--format json`. */
  readonly json?: boolean;
}

export async function run(_args: readonly unknown[], options: RulesOptions, io: Io): Promise<number> {
  const json = options.json === true || wantsJson(options);
  const pages = [...(await ruleBook()).values()];
  const policy = await projectPolicy(io.cwd, options.config);
  io.stdout(json ? asJson(pages, policy) : asTable(pages, policy, options, io));
  return exit.allowed;
}

function levelOf(page: RulePage, policy: Policy): Level {
  return policy.rules.get(page.meta.id)?.level ?? 'off';
}

function asJson(pages: readonly RulePage[], policy: Policy): string {
  const rows = pages.map((page) => ({ level: levelOf(page, policy), ...page.meta, options: page.options, needs: page.needs }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function asTable(pages: readonly RulePage[], policy: Policy, options: RulesOptions, io: Io): string {
  const paint = paintWith(colourWanted(options, io));
  const paintLevel = { block: paint.red, warn: paint.yellow, info: String, off: paint.dim };
  const idWidth = Math.max(...pages.map((page) => columnsOf(page.meta.id)));
  const indent = 5 + 2 + idWidth + 2;
  const width = io.columns === undefined ? Number.POSITIVE_INFINITY : Math.max(20, io.columns - indent);
  const rows = pages.flatMap((page) => {
    const level = levelOf(page, policy);
    const [first = '', ...rest] = wrap(page.meta.summary, width);
    const head = `${paintLevel[level](level.padEnd(5))}  ${paint.bold(page.meta.id.padEnd(idWidth))}  ${first}`;
    return [head, ...rest.map((line) => ' '.repeat(indent) + line)];
  });
  return `${rows.join('\n')}\n\n${pages.length} rules, levels as in ${policy.origin}. More on one: depward explain RULE\n`;
}
