/** Yarn berry's descriptors (`name@npm:^1.0.0`) and locators (`name@npm:1.2.3`). */
import type { PackageSource } from '../../model/package.ts';

/** Where a resolution points. */
export interface Locator {
  readonly text: string;
  readonly name: string;
  readonly kind: PackageSource | 'root';
  /** Exact version, where the locator itself tells. */
  readonly version?: string;
  readonly resolved?: string;
  /** The locator of the package that is patched. */
  readonly patches?: string;
}

/** Name and range of `@scope/name@range`. */
export function splitDescriptor(descriptor: string): { readonly name: string; readonly range: string } {
  const at = descriptor.indexOf('@', 1);
  return at < 0 ? { name: descriptor, range: '' } : { name: descriptor.slice(0, at), range: descriptor.slice(at + 1) };
}

/** The descriptors that one key of the file lists. */
export function descriptorsOf(written: string): readonly string[] {
  return written.includes(',') ? written.split(/\s*,\s*(?=@?[^,@]+@)/) : [written];
}

/** Reads a resolution; undefined when it is none. */
export function readLocator(text: string): Locator | undefined {
  return plainLocator(text) ?? otherLocator(text);
}

/** `name@npm:1.2.3`, which nearly all are. */
function plainLocator(text: string): Locator | undefined {
  const name = plainName(text);
  return name === undefined ? undefined : { text, name, kind: 'registry', version: text.slice(name.length + 5) };
}

/** The name in a resolution that is nothing but a release of a registry. */
export function plainName(text: string): string | undefined {
  const at = text.indexOf('@', 1);
  const isPlain = at > 0 && text.startsWith('npm:', at + 1) && text.indexOf(':', at + 5) < 0 && text.indexOf('@', at + 5) < 0;
  return isPlain ? text.slice(0, at) : undefined;
}

function otherLocator(text: string): Locator | undefined {
  const { name, range } = splitDescriptor(text);
  if (name === '' || range === '') return undefined;
  const [reference = '', bindings = ''] = range.split('::', 2);
  const base = { text, name };
  if (reference.startsWith('npm:')) return npmLocator(base, reference.slice('npm:'.length), bindings);
  if (reference.startsWith('patch:')) return patchLocator(base, reference.slice('patch:'.length));
  if (reference.startsWith('workspace:')) return { ...base, kind: reference === 'workspace:.' ? 'root' : 'workspace', resolved: reference };
  if (/^(?:portal|link|file|exec):/.test(reference)) return { ...base, kind: 'file', resolved: reference };
  if (/^(?:git|ssh|github:)|\.git(?:$|#)|#commit=|^[^:/]+@[^:/]+:/.test(reference))
    return { ...base, kind: 'git', resolved: reference.replace('#commit=', '#') };
  if (/^https?:/.test(reference)) return { ...base, kind: 'remote', resolved: reference };
  // Ranges of plug-ins (`jsr:`, `virtual:`) and bare versions of the first release candidates.
  return /^\d/.test(reference) ? { ...base, kind: 'registry', version: reference } : { ...base, kind: 'remote', resolved: reference };
}

type Base = Pick<Locator, 'text' | 'name'>;

function npmLocator(base: Base, reference: string, bindings: string): Locator {
  // The one place where a tarball URL other than the registry's can hide.
  const archive = bindings === '' ? null : new URLSearchParams(bindings).get('__archiveUrl');
  const alias = reference.includes('@') ? /^(@?[^@]+)@(\d[^@]*)$/.exec(reference) : undefined;
  return {
    ...base,
    kind: 'registry',
    name: alias?.[1] ?? base.name,
    version: alias?.[2] ?? reference,
    ...(archive !== null && { resolved: archive }),
  };
}

function patchLocator(base: Base, reference: string): Locator {
  const end = reference.indexOf('#');
  const patches = decode(end < 0 ? reference : reference.slice(0, end));
  const inner = readLocator(patches);
  const { version, kind = 'registry' } = inner ?? {};
  return {
    ...base,
    kind: kind === 'root' ? 'workspace' : kind,
    patches: inner?.patches ?? patches,
    ...(inner && { name: inner.name }),
    ...(version !== undefined && { version }),
    resolved: `patch:${reference}`,
  };
}

/** True for the patches Yarn itself brings along (`typescript`, `resolve`, `fsevents`). */
export function isBuiltinPatch(locator: string): boolean {
  return /#(?:~|optional!)*builtin</.test(locator);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
