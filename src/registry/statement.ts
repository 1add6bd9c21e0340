/** What an attestation says: the in-toto statement that was signed, and the build that the signing certificate names. Pure. */
import type { Provenance } from '../model/evidence.ts';
import { repositoryOf } from '../model/repository.ts';
import { fieldsOf, textOf } from './untrusted.ts';

/** The parts of a statement that are held against a release. */
export interface Statement {
  readonly predicateType: string;
  readonly subjects: readonly { readonly name: string; readonly sha512: string }[];
  /** The build as the predicate tells it: the word of whoever ran the build. */
  readonly told?: Provenance;
}

const longest = 1_000;
const mostSubjects = 50;

/** Reads the payload of an envelope; undefined when it is no statement. */
export function parseStatement(payload: Buffer): Statement | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
  const { predicateType, predicate, subject } = fieldsOf(raw);
  const type = textOf(predicateType, longest);
  if (type === undefined || !Array.isArray(subject) || subject.length > mostSubjects) return undefined;
  const subjects = subject.flatMap((one) => {
    const name = textOf(fieldsOf(one).name, longest);
    const sha512 = textOf(fieldsOf(fieldsOf(one).digest).sha512, longest);
    return name !== undefined && sha512 !== undefined ? [{ name, sha512 }] : [];
  });
  const told = toldBy(predicate);
  return { predicateType: type, subjects, ...(told && { told }) };
}

/** True for the predicate types that say where something was built. */
export function isProvenance(predicateType: string): boolean {
  return /^https:\/\/slsa\.dev\/provenance\//.test(predicateType);
}

function toldBy(predicate: unknown): Provenance | undefined {
  const { buildDefinition, invocation } = fieldsOf(predicate);
  const { repository, ref, path } = fieldsOf(fieldsOf(fieldsOf(buildDefinition).externalParameters).workflow);
  const { uri } = fieldsOf(fieldsOf(invocation).configSource);
  const [address, at] = typeof uri === 'string' ? parted(uri.slice(0, longest)) : [textOf(repository, longest), textOf(ref, longest)];
  const place = repositoryOf(address);
  const workflow = textOf(path, longest);
  return place === undefined ? undefined : { repository: place, ...(at !== undefined && { ref: at }), ...(workflow !== undefined && { workflow }) };
}

/** The object identifiers under which Fulcio writes down who built something. */
const oids = {
  repository: '1.12',
  commit: '1.13',
  ref: '1.14',
  repositoryId: '1.15',
  ownerId: '1.17',
  config: '1.18',
  oldRepository: '1.5',
  oldRef: '1.6',
  oldCommit: '1.3',
} as const;

/** The build as the certificate tells it: the word of the authority that asked the build system. */
export function provenanceOf(extensions: ReadonlyMap<string, string>, identity: string | undefined): Provenance | undefined {
  const say = (oid: string) => textOf(extensions.get(oid), longest);
  const [signer = '', signedRef] = parted(identity ?? '');
  // Certificates of the first years name the repository alone; the host stands in the identity.
  const old = say(oids.oldRepository);
  const host = URL.canParse(signer) ? new URL(signer).host : undefined;
  const repository = repositoryOf(say(oids.repository) ?? (old !== undefined && host !== undefined ? `https://${host}/${old}` : undefined));
  if (repository === undefined) return undefined;
  const [config, configRef] = parted(say(oids.config) ?? identity ?? '');
  const workflow = workflowIn(config, repository) ?? workflowIn(signer, repository);
  const ref = say(oids.ref) ?? say(oids.oldRef) ?? configRef ?? signedRef;
  const [commit, repositoryId, ownerId] = [say(oids.commit) ?? say(oids.oldCommit), say(oids.repositoryId), say(oids.ownerId)];
  return {
    repository,
    ...(repositoryId !== undefined && { repositoryId }),
    ...(ownerId !== undefined && { ownerId }),
    ...(ref !== undefined && { ref }),
    ...(workflow !== undefined && { workflow }),
    ...(commit !== undefined && { commit }),
  };
}

/** `address@ref` in two; the address may hold a user. */
function parted(text: string): [string, string | undefined] {
  const at = text.lastIndexOf('@refs/');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function workflowIn(address: string, repository: string): string | undefined {
  const bare = address.replace(/^https?:\/\//, '');
  // Capitals of a repository's name are no difference; those of a path are.
  if (!bare.toLowerCase().startsWith(`${repository}/`)) return undefined;
  return bare.slice(repository.length + 1).replace(/^\/+/, '') || undefined;
}
