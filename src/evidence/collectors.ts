/** The list of collectors, one for each kind of evidence. A new kind is its own file and one line here. */
import type { EvidenceKind } from '../model/evidence.ts';
import { company } from './company.ts';
import { contents } from './contents.ts';
import type { Collector } from './context.ts';
import { mailDomains } from './mail-domains.ts';
import { name } from './name.ts';
import { newDependencies } from './new-dependencies.ts';
import { attestations, signatures } from './signed.ts';
import type { KindSlices, SliceKind } from './slices.ts';

export const collectors: { readonly [K in EvidenceKind]: Collector<K> } = {
  listing: slice('listing'),
  release: slice('release'),
  times: slice('times'),
  publishers: slice('publishers'),
  maintainers: slice('maintainers'),
  trust: slice('trust'),
  name,
  newDependencies,
  contents,
  signatures,
  attestations,
  company,
  mailDomains,
};

function slice<K extends SliceKind>(kind: K): Collector<K> {
  return (change, { lookup }) => {
    const slices: KindSlices | Promise<KindSlices> = lookup.slices(change.after.name, change.after.version);
    return slices instanceof Promise ? slices.then((had) => had[kind]) : slices[kind];
  };
}
