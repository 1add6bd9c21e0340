/** From the words of a configuration to the policy it stands for. Pure; needs no parser, so that a run without configuration loads none. */
import type { EvidenceKind } from '../model/evidence.ts';
import type { OnFailed, Override, Policy, RuleSetting, Waiver } from '../model/policy.ts';
import { parseInstant } from '../model/time.ts';
import { type PresetName, presets, type SettingText } from './presets.ts';

type SettingTexts = { readonly [rule: string]: SettingText };

/** The file once it is known to have its shape. */
export interface ConfigFile {
  readonly extends?: PresetName | readonly PresetName[];
  readonly rules?: SettingTexts;
  readonly overrides?: readonly { readonly packages: readonly string[]; readonly rules: SettingTexts }[];
  readonly waivers?: readonly WaiverText[];
  readonly ignore?: readonly string[];
  readonly require?: readonly EvidenceKind[];
  readonly onFailed?: OnFailed;
  readonly joinThreshold?: number;
}

export interface WaiverText {
  readonly rule: string;
  readonly package?: string;
  readonly file?: string;
  readonly integrity?: string;
  readonly fingerprint?: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
}

/** What counts where there is no configuration. */
export function defaultPolicy(): Policy {
  return policyOf({}, 'recommended');
}

/** The policy of a file that has its shape. */
export function policyOf(config: ConfigFile, origin: string): Policy {
  const names = config.extends === undefined ? ['recommended' as const] : [config.extends].flat();
  const rules = new Map<string, RuleSetting>();
  for (const name of names) layer(rules, presets[name].rules);
  layer(rules, config.rules ?? {});
  const threshold =
    config.joinThreshold ?? (names.length > 0 ? Math.min(...names.map((name) => presets[name].joinThreshold)) : presets.recommended.joinThreshold);
  return {
    origin,
    rules,
    overrides: (config.overrides ?? []).map((override) => overrideOf(override, rules)),
    waivers: (config.waivers ?? []).map(waiverOf),
    ...(config.ignore && { ignore: config.ignore }),
    require: config.require ?? [],
    ...(config.onFailed && { onFailed: config.onFailed }),
    joinThreshold: threshold,
  };
}

function layer(onto: Map<string, RuleSetting>, settings: SettingTexts): void {
  for (const [id, setting] of Object.entries(settings)) onto.set(id, settingOf(setting, onto.get(id)));
}

// A level alone keeps the options from below, as in ESLint.
function settingOf(setting: SettingText, below: RuleSetting | undefined): RuleSetting {
  if (typeof setting === 'string') return { level: setting, options: below?.options ?? {} };
  return { level: setting[0], options: setting[1] ?? below?.options ?? {} };
}

function overrideOf(
  override: { readonly packages: readonly string[]; readonly rules: SettingTexts },
  below: ReadonlyMap<string, RuleSetting>,
): Override {
  const entries = Object.entries(override.rules).map(([id, setting]) => [id, settingOf(setting, below.get(id))] as const);
  return { packages: override.packages, rules: new Map(entries) };
}

function waiverOf(waiver: WaiverText): Waiver {
  return {
    rule: waiver.rule,
    subject: waiver.package ?? waiver.file ?? '',
    ...(waiver.integrity && { integrity: waiver.integrity }),
    ...(waiver.fingerprint && { integrity: waiver.fingerprint }),
    owner: waiver.owner,
    reason: waiver.reason,
    expires: parseInstant(waiver.expires) ?? 0,
  };
}
