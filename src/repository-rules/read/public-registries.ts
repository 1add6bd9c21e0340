/** The public registry by its names, which nothing here spells out: the build takes them from npm's own libraries. */
declare const depwardPublicRegistries: string | undefined;

const hosts = typeof depwardPublicRegistries === 'string' ? depwardPublicRegistries.split(' ') : [];

/** True for a host of the public registry, be it npm's own name for it or Yarn's. */
export function isPublicRegistry(host: string): boolean {
  return hosts.includes(host);
}
