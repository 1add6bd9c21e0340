import { type Packument, plainRelease } from '../../src/model/packument.ts';

/** An answer or record with every part of its releases read, so that it can be compared. */
export function plainly<T extends object>(given: T): T {
  if ('packument' in given) return { ...given, packument: given.packument && plainly(given.packument as Packument) };
  return 'releases' in given ? { ...given, releases: (given as unknown as Packument).releases.map(plainRelease) } : given;
}
