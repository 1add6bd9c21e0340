/** The way of a straight GET: whose credentials it carries, over which connections it goes, and what was seen of its end. */
import type { Agent } from 'node:http';
import type { NpmOptions } from './config.ts';
import { type Get, trouble } from './get.ts';
import { lookupTogether, openReach, type Reach } from './reach.ts';

/** What a straight request needs, loaded with the first one. */
let tools: ReturnType<typeof loadTools> | undefined;

async function loadTools() {
  const [http, https, { createSecureContext }, { isIP }, { default: getAuth }] = await Promise.all([
    import('node:http'),
    import('node:https'),
    import('node:tls'),
    import('node:net'),
    import('npm-registry-fetch/lib/auth.js'),
  ]);
  return { http, https, createSecureContext, isIP, getAuth };
}

/** Where a request goes and what it says, with what node's client and our own have in common. */
export async function wayOf({ url, npm, headers }: Get, address: string) {
  tools ??= loadTools();
  const { http, https, createSecureContext, isIP, getAuth } = await tools;
  const target = new URL(address);
  const reach = reachOf(npm);
  const lost = reach.lost(target.host);
  if (lost !== undefined) throw Object.assign(trouble(lost), { lost: true });
  const secure = target.protocol === 'https:';
  // npm's own rule decides what is sent to an address; another origin that we were redirected to gets nothing.
  const auth = address === url || target.origin === new URL(url).origin ? authFor(address, npm, getAuth) : undefined;
  const authorization = auth?.token ? `Bearer ${auth.token}` : auth?.auth ? `Basic ${auth.auth}` : undefined;
  const identity = auth?.cert && auth.key ? { cert: auth.cert, key: auth.key } : undefined;
  const kind = secure ? `secure ${identity?.cert ?? ''}` : 'plain';
  const connections = connectionsFor(npm, kind, () => {
    const options = agentOptions(npm);
    if (!secure) return { agent: new http.Agent(options), options };
    const secured = {
      ...options,
      rejectUnauthorized: npm.strictSSL !== false,
      // Reading the authorities anew for every connection takes longer than everything else on it.
      secureContext: createSecureContext({ ...certificatesOf(npm), ...identity }),
      ALPNProtocols: ['http/1.1'],
    };
    return { agent: new https.Agent(secured), options: secured };
  });
  const said = {
    'user-agent': typeof npm.userAgent === 'string' ? npm.userAgent : 'depward',
    ...headers,
    ...(authorization !== undefined && { authorization }),
  };
  return { target, reach, connections, kind, isIP, headers: said, request: (secure ? https : http).request };
}

type GetAuth = Awaited<ReturnType<typeof loadTools>>['getAuth'];

const known = new WeakMap<NpmOptions, Map<string, ReturnType<GetAuth>>>();

/** npm's own answer, remembered per folder of a registry unless a single address in it has credentials of its own. */
function authFor(address: string, npm: NpmOptions, getAuth: GetAuth): ReturnType<GetAuth> {
  const folder = address.slice(0, address.lastIndexOf('/') + 1);
  const held = known.get(npm) ?? new Map<string, ReturnType<GetAuth>>();
  known.set(npm, held);
  const kept = held.get(folder);
  if (kept) return kept;
  const auth = getAuth(address, npm);
  const inside = folder.slice(folder.indexOf('//'));
  const isPlain = Object.keys(npm).every((key) => !key.startsWith(inside) || key[inside.length] === ':');
  // Tarballs have a folder each: only what is asked for again and again is worth remembering.
  if (isPlain && held.size < 64) held.set(folder, auth);
  return auth;
}

interface Connections {
  readonly agent: Agent;
  /** What the agent, and we, open connections with. */
  readonly options: object;
}

const opened = new WeakMap<NpmOptions, Map<string, Connections>>();

/** One agent per configuration, protocol and certificate of ours: connections are used again, and certificates are not mixed. */
function connectionsFor(npm: NpmOptions, kind: string, make: () => Connections): Connections {
  const known = opened.get(npm) ?? new Map<string, Connections>();
  opened.set(npm, known);
  const kept = known.get(kind) ?? make();
  known.set(kind, kept);
  return kept;
}

const reached = new WeakMap<NpmOptions, Reach>();

function reachOf(npm: NpmOptions): Reach {
  const known = reached.get(npm) ?? openReach();
  reached.set(npm, known);
  return known;
}

function agentOptions(npm: NpmOptions) {
  return {
    keepAlive: true,
    noDelay: true,
    maxSockets: 64,
    lookup: lookupTogether,
    ...(typeof npm.localAddress === 'string' && { localAddress: npm.localAddress }),
  };
}

function certificatesOf(npm: NpmOptions) {
  const text = (name: string) => (typeof npm[name] === 'string' && npm[name] !== '' ? { [name]: npm[name] } : {});
  const ca = Array.isArray(npm.ca) && npm.ca.length > 0 ? { ca: npm.ca.map(String) } : text('ca');
  return { ...ca, ...text('cert'), ...text('key') };
}
