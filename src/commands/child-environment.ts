/** The environment of a client that is sent to the proxy. */

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The inherited variables with ours in place of every spelling of them: npm reads `NPM_CONFIG_REGISTRY` and `npm_config_registry`
 * alike and obeys the last, Windows knows one variable of the two, and the other would send the client past the proxy.
 */
export function environmentWith(inherited: Variables, ours: Readonly<Record<string, string>>): Variables {
  const taken = new Set(Object.keys(ours).map(folded));
  return { ...Object.fromEntries(Object.entries(inherited).filter(([name]) => !taken.has(folded(name)))), ...ours };
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
