/** Name look-ups for addresses that strangers wrote: none may lead into this network. */
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { DepwardError } from '../model/errors.ts';
import { isPrivateAddress } from './private-address.ts';

/** Looks a name up once, for the connection itself: a second answer cannot be another. `inside`: into this network as well. */
export function guardedLookup(inside: boolean): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const [first] = found ?? [];
      if (error || !first) return done(error ?? new Error('ENOTFOUND'), '', 4);
      if (!inside && found.some(({ address }) => isPrivateAddress(address))) return done(refused(), '', 4);
      return options.all ? done(null, found) : done(null, first.address, first.family);
    });
  };
}

/** Why a stranger's address is not fetched. */
export function refused(why = 'its address lies inside this network and the registry does not'): DepwardError {
  return new DepwardError('not-found', `its tarball is not fetched: ${why}`);
}
