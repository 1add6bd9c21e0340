/** What a request to a registry asks for. Pure; the upstream path is always rebuilt from what was understood, never passed on raw. */

export type Route =
  | { readonly kind: 'packument'; readonly name: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: string }
  | { readonly kind: 'tarball'; readonly name: string; readonly file: string }
  | { readonly kind: 'dist-tags'; readonly name: string }
  /** Our own pages under `/-/depward/`; `rest` is decoded. */
  | { readonly kind: 'own'; readonly page: string; readonly rest: string }
  /** Everything else a registry offers, by group; `path` is safe to send on. */
  | { readonly kind: 'other'; readonly group: RouteGroup; readonly path: string }
  | { readonly kind: 'refused'; readonly status: 400 | 404 | 405 | 414; readonly reason: string };

/** Groups of routes that a configuration passes on or refuses. */
export const routeGroups = ['ping', 'search', 'audit', 'keys', 'attestations', 'account', 'publish', 'other'] as const;
export type RouteGroup = (typeof routeGroups)[number];

const maxUrl = 2048;
const part = "[A-Za-z0-9._~!'()*-]+";
const nameShape = new RegExp(`^(?:@[A-Za-z0-9~!'()*-][A-Za-z0-9._~!'()*-]*/)?(?![._])${part}$`);
const fileShape = /^[A-Za-z0-9._~!'()*+@-]+\.tgz$/;
const versionShape = /^[A-Za-z0-9._+~*-]+$/;

/** Where people look who have no more than the address of the proxy. */
const indexPages = new Set(['/', '/-/depward', '/-/depward/']);

/** Reads method and request target. */
export function routeOf(method: string, target: string): Route {
  if (target.length > maxUrl) return refused(414, 'the address is too long');
  if (!target.startsWith('/')) return refused(400, 'only addresses of this registry are served');
  const mark = target.indexOf('?');
  const raw = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark);
  if (/[^\x21-\x7e]|[\\#]/.test(target)) return refused(400, 'the address holds bytes that have no place in one');
  if (indexPages.has(raw) && (method === 'GET' || method === 'HEAD')) return { kind: 'own', page: '', rest: '' };
  const segments = decodeSegments(raw);
  if (typeof segments === 'string') return refused(400, segments);
  const reading = method === 'GET' || method === 'HEAD';
  if (segments[0] === '-' && segments.length > 1 && !(segments[1] === '-' && segments.length === 3)) return registryRoute(method, segments, query);
  return packageRoute(reading, method, segments);
}

/** Remembered at a time: as many addresses as a busy day has, and no more of them than fit a few megabytes. */
const mostRoutes = 10_000;
const longestRemembered = 250;
const plainName = /^\/[a-z0-9][a-z0-9._-]{0,213}$/;

/** `routeOf` with a memory of the addresses of packages, which are asked for again and again. */
export function openRoutes(): typeof routeOf {
  const known = new Map<string, Route>();
  return (method, target) => {
    const remembered = method === 'GET' ? known.get(target) : undefined;
    if (remembered) return remembered;
    // Most packages are asked for once in a while, and by nothing but a plain name.
    if (method === 'GET' && plainName.test(target)) return { kind: 'packument', name: target.slice(1) };
    const route = routeOf(method, target);
    if (method !== 'GET' || target.length > longestRemembered || (route.kind !== 'packument' && route.kind !== 'tarball')) return route;
    if (known.size >= mostRoutes) known.clear();
    known.set(target, route);
    return route;
  };
}

/** True for a package name a registry could hold. */
export function isPackageName(name: string): boolean {
  return name.length <= 214 && nameShape.test(name);
}

/** The path a registry serves a packument at. */
export function packumentPath(name: string): string {
  return `/${name.startsWith('@') ? name.replace('/', '%2f') : name}`;
}

/** The conventional path of a tarball. */
export function tarballPath(name: string, version: string): string {
  return `/${name}/-/${name.slice(name.lastIndexOf('/') + 1)}-${version}.tgz`;
}

/** The version in a tarball's file name, where it is the conventional one. */
export function versionInFile(name: string, file: string): string | undefined {
  const start = `${name.slice(name.lastIndexOf('/') + 1)}-`;
  return file.startsWith(start) && file.endsWith('.tgz') ? file.slice(start.length, -4) : undefined;
}

function refused(status: 400 | 404 | 405 | 414, reason: string): Route {
  return { kind: 'refused', status, reason };
}

/** Segments decoded once, a scope joined with its name; a string says what is wrong. */
function decodeSegments(raw: string): readonly string[] | string {
  const segments: string[] = [];
  for (const piece of raw.slice(1).split('/')) {
    const decoded = decodeOnce(piece);
    if (decoded === undefined) return 'the address is not encoded properly';
    // `/@scope%2fname` is one segment that decodes to two; nothing else may bring its own slashes.
    for (const segment of decoded.split('/')) {
      if (segment === '' || segment === '.' || segment === '..') return 'the address holds an empty or relative segment';
      segments.push(segment);
    }
    if (decoded.includes('/') && !/^@[^/]+\/[^/]+$/.test(decoded)) return 'only a scope may be joined to its name by an encoded slash';
  }
  const joined: string[] = [];
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as string;
    const next = segments[i + 1];
    if (segment.startsWith('@') && !segment.includes('/') && next !== undefined && atScopePlace(segments, i)) {
      joined.push(`${segment}/${next}`);
      i++;
    } else joined.push(segment);
  }
  return joined;
}

/** A scope stands first, or after `-/package`, or in our own pages. */
function atScopePlace(segments: readonly string[], index: number): boolean {
  return index === 0 || segments[0] === '-';
}

function decodeOnce(piece: string): string | undefined {
  let text: string;
  try {
    text = decodeURIComponent(piece);
  } catch {
    return undefined;
  }
  // A second layer of encoding, controls, separators of other systems: nobody honest sends them.
  return /[%\\]|[^\x21-\x7e]/.test(text) ? undefined : text;
}

function packageRoute(reading: boolean, method: string, segments: readonly string[]): Route {
  const [name, second, third, ...more] = segments;
  if (name === undefined || !isPackageName(name)) return refused(404, 'there is no package of such a name');
  if (!reading) {
    if (method !== 'PUT' && method !== 'DELETE' && method !== 'POST') return refused(405, 'this method is not served');
    const rest = segments.slice(1).map(encodeURIComponent).join('/');
    return { kind: 'other', group: 'publish', path: `${packumentPath(name)}${rest && `/${rest}`}` };
  }
  if (second === undefined) return { kind: 'packument', name };
  if (second === '-' && third !== undefined && more.length === 0) {
    return fileShape.test(third) ? { kind: 'tarball', name, file: third } : refused(404, 'there is no such file');
  }
  if (third !== undefined || !versionShape.test(second)) return refused(404, 'there is nothing at this address');
  return { kind: 'version', name, version: second };
}

function registryRoute(method: string, segments: readonly string[], query: string): Route {
  const reading = method === 'GET' || method === 'HEAD';
  const words = segments.slice(1);
  if (words[0] === 'depward') {
    if (!reading) return refused(405, 'this method is not served');
    return { kind: 'own', page: words[1] ?? '', rest: words.slice(2).join('/') };
  }
  if (words[0] === 'package' && words[2] === 'dist-tags' && words.length === 3 && reading) {
    const name = words[1] as string;
    return isPackageName(name) ? { kind: 'dist-tags', name } : refused(404, 'there is no package of such a name');
  }
  const path = `/-/${words.map((word) => word.split('/').map(encodeURIComponent).join('%2f').replaceAll('%40', '@')).join('/')}${query}`;
  return { kind: 'other', group: groupOf(method, words), path };
}

function groupOf(method: string, words: readonly string[]): RouteGroup {
  const path = words.join('/');
  const reading = method === 'GET' || method === 'HEAD';
  if (path === 'ping' && reading) return 'ping';
  if ((path === 'v1/search' || path === 'all') && reading) return 'search';
  if (path.startsWith('npm/v1/security/') && method === 'POST') return path.includes('oidc') ? 'account' : 'audit';
  if (path === 'npm/v1/keys' && reading) return 'keys';
  if (path.startsWith('npm/v1/attestations/') && reading) return 'attestations';
  if (/^(whoami|user\/|v1\/login|v1\/done|npm\/v1\/(tokens|user|oidc)|org\/|team\/)/.test(`${path}/`)) return 'account';
  if (path.startsWith('package/') || path.startsWith('stage/')) return 'publish';
  return 'other';
}
