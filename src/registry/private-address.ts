/** Which addresses do not lie on the public internet. */
import { BlockList, isIP } from 'node:net';

const privateAddresses = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  privateAddresses.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  privateAddresses.addSubnet(network, prefix, 'ipv6');

/** True for addresses that do not lie on the public internet. */
export function isPrivateAddress(address: string): boolean {
  const version = isIP(address);
  // `::ffff:10.0.0.1` is 10.0.0.1 in other clothes, however it is written.
  return version === 0 || privateAddresses.check(address, version === 6 ? 'ipv6' : 'ipv4');
}
