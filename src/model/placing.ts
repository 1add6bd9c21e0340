/** npm's options that say which releases are picked and where they go: all that trees of a plain kind depend on. */

/** Their names; none of them holds a credential. */
export const placingNames = [
  ...(['before', 'defaultTag', 'minReleaseAgeExclude', 'nodeVersion', 'npmVersion', 'avoid', 'avoidStrict', 'includeStaged'] as const),
  ...(['installStrategy', 'legacyBundling', 'globalStyle', 'global', 'preferDedupe', 'legacyPeerDeps', 'save', 'saveType'] as const),
];

/** npm's options as far as placing goes. What is read of them by another name is not there. */
export type Placing = { readonly [name in (typeof placingNames)[number]]?: unknown };
