/** What is made when somebody asks, and then held. */

/** Makes it at the first call, and gives the same at every other. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
