/** What a change to the configuration takes away: the policy that judges a pull request is the one from before it. Pure. */
import type { Level, Override, Policy, RuleSetting } from '../model/policy.ts';
import type { PolicyNote } from '../model/report.ts';
import { listText } from '../model/text.ts';

const rank: Record<Level, number> = { off: 0, info: 1, warn: 2, block: 3 };

/** Every way in which `after` lets more through than `before`; waivers are told apart by the gate. */
export function weakenings(before: Policy, after: Policy): readonly PolicyNote[] {
  return [...ruleWeakenings(before, after), ...overrideWeakenings(before, after), ...otherWeakenings(before, after)].map((message) => ({
    kind: 'policy-weakened',
    message: `this change itself ${message}; it is judged by the policy from before`,
  }));
}

function ruleWeakenings(before: Policy, after: Policy): readonly string[] {
  const lowered = new Map<string, string[]>();
  const altered: string[] = [];
  for (const [id, old] of before.rules) {
    const next: RuleSetting = after.rules.get(id) ?? { level: 'off', options: {} };
    const step = `from ${old.level} to ${next.level}`;
    if (rank[next.level] < rank[old.level]) lowered.set(step, [...(lowered.get(step) ?? []), id]);
    const options = next.level === 'off' ? [] : alteredOptions(old, next);
    if (options.length > 0) altered.push(`alters the options of ${id}: ${listText(options)}`);
  }
  return [...[...lowered].map(([step, ids]) => `lowers ${listText(ids, 12)} ${step}`), ...altered];
}

// Which way an option is stricter only its rule knows: every difference is said.
function alteredOptions(old: RuleSetting, next: RuleSetting): readonly string[] {
  const keys = [...new Set([...Object.keys(old.options), ...Object.keys(next.options)])];
  return keys
    .filter((key) => JSON.stringify(old.options[key]) !== JSON.stringify(next.options[key]))
    .map((key) => `${key} ${optionText(old, key)} -> ${optionText(next, key)}`);
}

function optionText(setting: RuleSetting, key: string): string {
  const value = setting.options[key];
  return value === undefined ? 'default' : JSON.stringify(value);
}

/** Overrides that are new, or that were stricter, and that let through what the general setting does not. */
function overrideWeakenings(before: Policy, after: Policy): readonly string[] {
  const held = new Set(before.overrides.flatMap(exceptionsOf).map(([mark]) => mark));
  return after.overrides.flatMap(exceptionsOf).flatMap(([mark, pattern, id, level]) => {
    const general = after.rules.get(id)?.level ?? 'off';
    return !held.has(mark) && rank[level] < rank[general] ? [`sets ${id} to ${level} for ${pattern}`] : [];
  });
}

function exceptionsOf(override: Override): (readonly [mark: string, pattern: string, id: string, level: Level])[] {
  return override.packages.flatMap((pattern) =>
    [...override.rules].map(([id, { level }]) => [`${pattern} ${id} ${level}`, pattern, id, level] as const),
  );
}

function otherWeakenings(before: Policy, after: Policy): readonly string[] {
  const left = (after.ignore ?? []).filter((pattern) => !before.ignore?.includes(pattern));
  const dropped = before.require.filter((kind) => !after.require.includes(kind));
  return [
    ...(before.onFailed === 'block' && after.onFailed !== 'block' ? [`no longer blocks what could not be told (onFailed)`] : []),
    ...(before.onFailed === undefined && after.onFailed === 'warn' ? [`lets through what could not be told (onFailed)`] : []),
    ...(left.length > 0 ? [`leaves out more of the repository (ignore): ${listText(left, 12)}`] : []),
    ...(dropped.length > 0 ? [`no longer requires ${listText(dropped)}`] : []),
    ...(after.joinThreshold > before.joinThreshold ? [`raises joinThreshold from ${before.joinThreshold} to ${after.joinThreshold}`] : []),
  ];
}
