/** When two accounts are one. */
import type { Person } from '../model/packument.ts';

/** All trusted publishing shares one account name; only the configuration tells its publishers apart. */
export function samePublisher(a: Person, b: Person): boolean {
  if (a.oidcConfigId !== undefined || b.oidcConfigId !== undefined) return a.oidcConfigId === b.oidcConfigId;
  return a.name === b.name;
}

/** True when one of `some` is one of `others`. Robots that share a name are nobody's kin. */
export function haveInCommon(some: readonly Person[], others: readonly Person[]): boolean {
  return some.some((person) => isAccount(person) && others.some((other) => samePublisher(person, other)));
}

/** npm's account names have no spaces; the names that its robots share do. */
function isAccount(person: Person): boolean {
  return person.oidcConfigId !== undefined || /^[\w.~-]+$/.test(person.name);
}
