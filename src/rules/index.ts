/** The list of rules. A rule not listed here does not exist; a contract test proves the list complete. */
import type { AnyRule } from '../model/rule.ts';
import borrowedName from './borrowed-name.ts';
import deprecated from './deprecated.ts';
import dormantRevival from './dormant-revival.ts';
import installScriptAdded from './install-script-added.ts';
import installScriptChanged from './install-script-changed.ts';
import maintainerAdded from './maintainer-added.ts';
import newPackage from './new-package.ts';
import newPackageInstallScript from './new-package-install-script.ts';
import packageNotFound from './package-not-found.ts';
import phantomDependency from './phantom-dependency.ts';
import provenanceLost from './provenance-lost.ts';
import publisherChanged from './publisher-changed.ts';
import releaseAge from './release-age.ts';
import remoteDependency from './remote-dependency.ts';
import remoteSource from './remote-source.ts';
import securityPlaceholder from './security-placeholder.ts';
import typosquat from './typosquat.ts';
import unlistedVersion from './unlisted-version.ts';
import versionBurst from './version-burst.ts';

export const rules: readonly AnyRule[] = [
  securityPlaceholder,
  packageNotFound,
  unlistedVersion,
  typosquat,
  borrowedName,
  newPackage,
  newPackageInstallScript,
  installScriptAdded,
  installScriptChanged,
  phantomDependency,
  remoteDependency,
  remoteSource,
  provenanceLost,
  publisherChanged,
  maintainerAdded,
  dormantRevival,
  versionBurst,
  releaseAge,
  deprecated,
];
