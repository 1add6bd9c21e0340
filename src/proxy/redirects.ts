/** Where a registry may send us on. Somewhere else is somebody else: only hosts that configuration names, and never into a network that the registry itself is not part of. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { printable } from '../model/text.ts';
import { isPrivateAddress } from '../registry/private-address.ts';

/** A step to be taken: where to, and whether it is still the same registry, to which credentials may go. */
export interface Redirect {
  readonly url: URL;
  readonly same: boolean;
  /** The address that was looked at: the connection goes there and nowhere else. Absent for the same registry, and where a proxy looks names up. */
  readonly address?: { readonly address: string; readonly family: number };
}

/** Why a redirect is not followed. */
export class RefusedRedirect extends Error {}

/** Decides on one redirect. `named`: hosts that may be gone to besides the registry's own; `lookUp` is false where a proxy does it. */
export async function followed(from: URL, location: string, registry: URL, named: ReadonlySet<string>, lookUp: boolean): Promise<Redirect> {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (!to || (to.protocol !== 'https:' && to.protocol !== 'http:'))
    throw new RefusedRedirect('the registry redirects to something that is no address');
  if (to.origin === registry.origin || isUpgrade(registry, to)) return { url: to, same: true };
  const where = printable(to.host, 100);
  if (!named.has(to.host) && !named.has(to.hostname)) {
    throw new RefusedRedirect(`the registry redirects to another host (${where}); --redirect-to ${where} allows that`);
  }
  if (registry.protocol === 'https:' && to.protocol !== 'https:') throw new RefusedRedirect(`the registry redirects from https to http (${where})`);
  if (!lookUp && isIP(bare(to.hostname)) === 0) return { url: to, same: false };
  const address = await addressOf(to.hostname);
  if (isPrivateAddress(address.address) && !isPrivateAddress((await addressOf(registry.hostname)).address)) {
    throw new RefusedRedirect(`the registry redirects to an address inside this network (${where})`);
  }
  return { url: to, same: false, address };
}

/** The same host by https. */
function isUpgrade(from: URL, to: URL): boolean {
  return from.protocol === 'http:' && to.protocol === 'https:' && from.hostname === to.hostname && from.port === '' && to.port === '';
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

async function addressOf(hostname: string): Promise<{ address: string; family: number }> {
  const host = bare(hostname);
  return isIP(host) ? { address: host, family: isIP(host) } : await lookup(host);
}
