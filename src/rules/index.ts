/** The list of rules. A rule not listed here does not exist; a contract test proves the list complete. */
import type { AnyRule } from '../model/rule.ts';
import agentConfigAdded from './agent-config-added.ts';
import approverNew from './approver-new.ts';
import attestationFalse from './attestation-false.ts';
import bindingGypCommand from './binding-gyp-command.ts';
import borrowedName from './borrowed-name.ts';
import buildDivergence from './build-divergence.ts';
import buildPathChanged from './build-path-changed.ts';
import buildSourceChanged from './build-source-changed.ts';
import bundledCodeDiffers from './bundled-code-differs.ts';
import bundledDependency from './bundled-dependency.ts';
import codeCapabilityAdded from './code-capability-added.ts';
import codeNotRead from './code-not-read.ts';
import contentChanged from './content-changed.ts';
import dependencyUnused from './dependency-unused.ts';
import deprecated from './deprecated.ts';
import dormantRevival from './dormant-revival.ts';
import embeddedNpmConfig from './embedded-npm-config.ts';
import emptyPackage from './empty-package.ts';
import entryPointMoved from './entry-point-moved.ts';
import hiddenCode from './hidden-code.ts';
import insecureTransport from './insecure-transport.ts';
import installCodeRisk from './install-code-risk.ts';
import installScriptAdded from './install-script-added.ts';
import installScriptChanged from './install-script-changed.ts';
import integrityMismatch from './integrity-mismatch.ts';
import integrityMissing from './integrity-missing.ts';
import invisibleCharacters from './invisible-characters.ts';
import latestMovedBack from './latest-moved-back.ts';
import mailDomainExpired from './mail-domain-expired.ts';
import maintainerAdded from './maintainer-added.ts';
import manifestConfusion from './manifest-confusion.ts';
import nameTakenAgain from './name-taken-again.ts';
import nativeBinaryAdded from './native-binary-added.ts';
import networkHostAdded from './network-host-added.ts';
import newPackage from './new-package.ts';
import newPackageInstallScript from './new-package-install-script.ts';
import obfuscatedCodeAdded from './obfuscated-code-added.ts';
import ownNameElsewhere from './own-name-elsewhere.ts';
import packageGrown from './package-grown.ts';
import packageNotFound from './package-not-found.ts';
import phantomDependency from './phantom-dependency.ts';
import provenanceLost from './provenance-lost.ts';
import publisherBurst from './publisher-burst.ts';
import publisherChanged from './publisher-changed.ts';
import publisherMailChanged from './publisher-mail-changed.ts';
import registrySignatureFalse from './registry-signature-false.ts';
import releaseAge from './release-age.ts';
import remoteDependency from './remote-dependency.ts';
import remoteSource from './remote-source.ts';
import resolvedMismatch from './resolved-mismatch.ts';
import securityPlaceholder from './security-placeholder.ts';
import shadowingBin from './shadowing-bin.ts';
import sizeJump from './size-jump.ts';
import tarballAnomaly from './tarball-anomaly.ts';
import tarballElsewhere from './tarball-elsewhere.ts';
import tarballMismatch from './tarball-mismatch.ts';
import typosquat from './typosquat.ts';
import unlistedVersion from './unlisted-version.ts';
import unusualPace from './unusual-pace.ts';
import versionBurst from './version-burst.ts';
import versionJump from './version-jump.ts';

export const rules: readonly AnyRule[] = [
  securityPlaceholder,
  packageNotFound,
  unlistedVersion,
  integrityMismatch,
  contentChanged,
  registrySignatureFalse,
  attestationFalse,
  resolvedMismatch,
  tarballElsewhere,
  ownNameElsewhere,
  integrityMissing,
  insecureTransport,
  typosquat,
  borrowedName,
  newPackage,
  nameTakenAgain,
  newPackageInstallScript,
  installScriptAdded,
  installScriptChanged,
  phantomDependency,
  remoteDependency,
  remoteSource,
  provenanceLost,
  buildSourceChanged,
  buildPathChanged,
  publisherChanged,
  publisherMailChanged,
  maintainerAdded,
  mailDomainExpired,
  dormantRevival,
  versionBurst,
  publisherBurst,
  unusualPace,
  tarballMismatch,
  tarballAnomaly,
  installCodeRisk,
  bindingGypCommand,
  codeCapabilityAdded,
  obfuscatedCodeAdded,
  hiddenCode,
  invisibleCharacters,
  manifestConfusion,
  shadowingBin,
  agentConfigAdded,
  approverNew,
  nativeBinaryAdded,
  embeddedNpmConfig,
  bundledCodeDiffers,
  bundledDependency,
  dependencyUnused,
  buildDivergence,
  entryPointMoved,
  networkHostAdded,
  sizeJump,
  codeNotRead,
  emptyPackage,
  versionJump,
  latestMovedBack,
  packageGrown,
  releaseAge,
  deprecated,
];
