/** The connections to registries: straight, or through a company's proxy, with its certificates; kept and shared. */
import { type Agent, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext } from 'node:tls';

/** How a registry is reached, as npm's configuration says. It may hold credentials and keys: never print it. */
export interface Connection {
  /** An HTTP or SOCKS proxy in between. */
  readonly proxy?: string;
  /** Certificate authorities to trust instead of the usual ones. */
  readonly ca?: string | readonly string[];
  /** Our own certificate. */
  readonly cert?: string;
  readonly key?: string;
  /** False: any certificate is taken. */
  readonly strict: boolean;
}

export interface Agents {
  for(connection: Connection | undefined, secure: boolean): Agent | Promise<Agent>;
  close(): void;
}

const kept = { keepAlive: true, keepAliveMsecs: 1000, maxSockets: 48, maxFreeSockets: 16, scheduling: 'lifo' as const };
const straight: Connection = { strict: true };

/** Opens the agents: one for each way of connecting. */
export function openAgents(): Agents {
  const plain = new HttpAgent(kept);
  const made = new Map<string, Agent | Promise<Agent>>();
  // Certificate authorities may be a few hundred kilobytes of text: too much to be read again for every request.
  const remembered = { plain: new WeakMap<Connection, Agent | Promise<Agent>>(), secure: new WeakMap<Connection, Agent | Promise<Agent>>() };
  const closing: Agent[] = [plain];

  function make(connection: Connection, secure: boolean): Agent | Promise<Agent> {
    const { proxy, ca, cert, key, strict } = connection;
    const tls = { ...(ca && { ca: [ca].flat() as string[] }), ...(cert && { cert }), ...(key && { key }), rejectUnauthorized: strict };
    if (proxy !== undefined) return proxied(proxy, tls);
    if (!secure) return plain;
    const { rejectUnauthorized, ...certificates } = tls;
    // Reading the authorities anew for every connection takes longer than everything else on it.
    const agent = new HttpsAgent({ ...kept, rejectUnauthorized, secureContext: createSecureContext(certificates) });
    closing.push(agent);
    return agent;
  }

  /** Registries that are reached alike share their connections. */
  function shared(connection: Connection, secure: boolean): Agent | Promise<Agent> {
    const key = JSON.stringify([connection, secure]);
    const agent = made.get(key) ?? make(connection, secure);
    made.set(key, agent);
    return agent;
  }

  async function proxied(proxy: string, tls: object): Promise<Agent> {
    const { Agent: ProxyingAgent } = await import('@npmcli/agent');
    const agent = new ProxyingAgent({ ...kept, ...tls, proxy: new URL(proxy), timeouts: {} });
    closing.push(agent);
    return agent;
  }

  return {
    for(connection = straight, secure) {
      const known = secure ? remembered.secure : remembered.plain;
      const agent = known.get(connection) ?? shared(connection, secure);
      known.set(connection, agent);
      return agent;
    },
    close() {
      for (const agent of closing) agent.destroy();
    },
  };
}
