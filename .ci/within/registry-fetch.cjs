/** The one thing of npm-registry-fetch that resolving needs: which registry a spec is asked at. */
exports.pickRegistry = (spec, options) => {
  const scoped = spec.scope && options[`${spec.scope.replace(/^@?/, '@')}:registry`];
  const registry = scoped || (options.scope && options[`${options.scope.replace(/^@?/, '@')}:registry`]) || options.registry;
  if (!registry) throw options.left();
  return registry;
};
