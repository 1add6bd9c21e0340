/** Where a question to a registry goes, from its address and a path. */

/** Where a request goes: a URL in the parts that Node takes. */
export interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
}

/** A registry whose address ends in `/`. */
interface Registry {
  readonly url: string;
}

interface Base {
  readonly url: URL;
  at(path: string): Target;
}

const bases = new WeakMap<Registry, Base>();

/** Every question to a registry begins with its address: it is read once. */
export function baseOf(upstream: Registry): Base {
  const known = bases.get(upstream);
  if (known) return known;
  const url = new URL(upstream.url);
  const root = url.pathname.replace(/\/$/, '');
  const target = targetOf(url);
  // What a URL would write otherwise goes through one.
  const at = (path: string) => (plainPath.test(path) ? { ...target, path: root + path } : targetOf(new URL(url.origin + root + path)));
  const base = { url, at };
  bases.set(upstream, base);
  return base;
}

const plainPath = /^(?:\/(?!\.)(?:[A-Za-z0-9@._~!()*+-]|%2f)+)+$/;

/** The parts of a URL. */
export function targetOf({ protocol, hostname, port, pathname, search }: URL): Target {
  return { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port, path: pathname + search };
}

/** The URL of such parts. */
export function urlOf({ protocol, hostname, port, path }: Target): URL {
  return new URL(`${protocol}//${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}${path}`);
}
