/**
 * The built-in presets, in the configuration's own words. What convicts by itself blocks; what is merely unusual warns and
 * blocks only together with other facts (rule joined-evidence). A contract test holds every rule to have its level here.
 */
import type { Level } from '../model/policy.ts';

/** A rule's setting as configurations write it: a level, or a level with options. */
export type SettingText = Level | readonly [Level, Readonly<Record<string, number | boolean | readonly string[]>>];

export type PresetName = 'recommended' | 'strict';

interface Preset {
  readonly joinThreshold: number;
  readonly rules: Readonly<Record<string, SettingText>>;
}

const recommended: Preset = {
  joinThreshold: 25,
  rules: {
    'joined-evidence': 'block',

    'package-not-found': 'block',
    'security-placeholder': 'block',
    'unlisted-version': 'block',
    'integrity-mismatch': 'block',
    'content-changed': 'block',
    'resolved-mismatch': 'block',
    'tarball-elsewhere': 'block',
    'own-name-elsewhere': 'block',
    'phantom-dependency': 'block',
    'new-package-install-script': 'block',
    'install-script-added': 'block',
    'remote-dependency': 'block',
    'provenance-lost': 'block',
    'registry-signature-false': 'block',
    'attestation-false': 'block',
    'build-source-changed': 'block',
    'release-age': 'block',

    'tarball-mismatch': 'block',
    'tarball-anomaly': 'block',
    'install-code-risk': 'block',
    'binding-gyp-command': 'block',
    'code-capability-added': 'block',
    'obfuscated-code-added': 'block',
    'hidden-code': 'block',
    'invisible-characters': 'block',
    'manifest-confusion': 'block',
    'shadowing-bin': 'block',

    typosquat: 'warn',
    'borrowed-name': 'warn',
    'new-package': 'warn',
    'install-script-changed': 'warn',
    'remote-source': 'warn',
    'integrity-missing': 'warn',
    'insecure-transport': 'warn',
    'lockfile-host-added': 'warn',
    'agent-config-added': 'warn',
    'native-binary-added': 'warn',
    'embedded-npm-config': 'warn',
    'latest-moved-back': 'warn',
    'version-jump': 'info',

    'registry-redirected': 'block',
    'install-hook-changed': 'warn',
    'install-guard-weakened': 'warn',
    'project-script-changed': 'warn',
    'resolution-overridden': 'warn',
    'patch-adds-capability': 'block',
    'manifest-without-lockfile': 'warn',

    'literal-credential': 'block',
    'credential-without-host': 'warn',
    'registry-over-http': 'warn',
    'tls-verification-off': 'warn',
    'registry-not-allowed': 'block',
    'registry-differs-in-ci': 'warn',
    'scope-without-registry': 'warn',
    'lockfile-missing': 'warn',
    'several-lockfiles': 'warn',
    'lockfile-out-of-step': 'warn',
    'unfrozen-install': 'warn',
    'unpinned-tool': 'warn',
    'install-scripts-unguarded': 'info',
    'install-scripts-allowed-wholesale': 'warn',
    'remote-sources-open': 'warn',
    'dependency-outside-registry': 'info',
    'cooldown-missing': 'info',
    'token-helper-in-project': 'warn',
    'token-beside-install': 'warn',
    'token-in-reach-of-forks': 'block',
    'token-printed': 'warn',
    'token-without-end': 'warn',
    'long-lived-publish-token': 'info',
    'cache-shared-with-untrusted': 'warn',
    'npmrc-in-image': 'warn',
    'token-in-image-layer': 'warn',
    'image-without-lockfile': 'warn',
    'dockerignore-incomplete': 'info',
    'hook-runs-unpinned': 'warn',
    'hooks-by-dependency': 'info',
    'exception-without-end': 'info',

    'publisher-changed': 'info',
    'build-path-changed': 'info',
    'publisher-mail-changed': 'info',
    'name-taken-again': 'info',
    'package-grown': 'info',
    'maintainer-added': 'info',
    // Asks the name system: only where somebody wants that.
    'mail-domain-expired': 'off',
    'dormant-revival': 'info',
    'version-burst': 'info',
    'publisher-burst': 'info',
    'unusual-pace': 'info',
    deprecated: 'info',
    'bundled-dependency': 'info',
    'dependency-unused': 'info',
    'build-divergence': 'info',
    'network-host-added': 'info',
    'size-jump': 'info',
    'code-not-read': 'info',
    'empty-package': 'info',
  },
};

const strict: Preset = {
  joinThreshold: 16,
  rules: {
    ...recommended.rules,
    'install-hook-changed': 'block',
    'install-guard-weakened': 'block',
    'project-script-changed': 'block',
    'resolution-overridden': 'block',
    'manifest-without-lockfile': 'block',
    'release-age': ['block', { days: 7 }],
    typosquat: 'block',
    'new-package': 'block',
    'remote-source': 'block',
    'integrity-missing': 'block',
    'insecure-transport': 'block',
    'lockfile-host-added': 'block',
    'publisher-changed': 'block',
    'build-path-changed': 'warn',
    'publisher-mail-changed': 'block',
    'name-taken-again': 'block',
    'package-grown': 'warn',
    'maintainer-added': 'warn',
    'dormant-revival': 'warn',
    'version-burst': 'warn',
    'publisher-burst': 'warn',
    deprecated: 'warn',
    'agent-config-added': 'block',
    'native-binary-added': 'block',
    'bundled-dependency': 'warn',
    'dependency-unused': 'warn',
    'build-divergence': 'warn',
    'size-jump': 'warn',
    'code-not-read': 'warn',
  },
};

export const presets: Readonly<Record<PresetName, Preset>> = { recommended, strict };
