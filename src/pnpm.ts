/** `depward/pnpm`: pnpm's hooks. `preResolution` runs before every installation, frozen ones too, and stops it before anything is linked. */
import { blockedIn, judgeList, type ListedPackage, reasonText } from './commands/judge-list.ts';

interface Lockfile {
  readonly packages?: Readonly<
    Record<string, { readonly resolution?: { readonly integrity?: string; readonly tarball?: string; readonly type?: string } }>
  >;
}

/** What pnpm hands to `preResolution`. */
interface PreResolution {
  readonly wantedLockfile?: Lockfile;
  readonly lockfileDir?: string;
}

/** What a `.pnpmfile` exports. */
export const hooks = {
  /** Judges what the lockfile says. */
  async preResolution(context: PreResolution): Promise<void> {
    await refuseBlocked(context.wantedLockfile, context.lockfileDir ?? process.cwd());
  },
  /** Judges what was resolved anew. */
  async afterAllResolved<L extends Lockfile>(lockfile: L): Promise<L> {
    await refuseBlocked(lockfile, process.cwd());
    return lockfile;
  },
};

async function refuseBlocked(lockfile: Lockfile | undefined, folder: string): Promise<void> {
  const listed = Object.entries(lockfile?.packages ?? {}).flatMap(([path, entry]) => listedFrom(path, entry.resolution ?? {}));
  if (listed.length === 0) return;
  const report = await judgeList(listed, folder, (line) => console.error(line), 'pnpm');
  const blocked = blockedIn(report);
  if (blocked.length === 0) return;
  const lines = blocked.slice(0, 20).map((verdict) => `  ${verdict.subject.name}@${verdict.subject.version}: ${reasonText(verdict)}`);
  throw new Error(`depward blocks ${blocked.length} of ${listed.length} packages\n${lines.join('\n')}`);
}

/** `/@scope/name@1.0.0(peer@2.0.0)`, as pnpm 9 and later name a package; what is not an exact version comes from elsewhere. */
function listedFrom(path: string, resolution: { readonly integrity?: string; readonly tarball?: string; readonly type?: string }): ListedPackage[] {
  const plain = path.replace(/^\//, '').replace(/\(.*$/, '');
  const at = plain.indexOf('@', 1);
  if (at < 0 || resolution.type === 'directory') return [];
  const version = plain.slice(at + 1);
  const exact = /^\d+\.\d+\.\d+/.test(version) && resolution.type === undefined;
  const source = exact ? 'registry' : resolution.type === 'git' || version.includes('git') ? 'git' : 'remote';
  return [
    {
      name: plain.slice(0, at),
      version: exact ? version : '',
      source,
      ...(resolution.integrity !== undefined && { integrity: resolution.integrity }),
      ...(resolution.tarball !== undefined && { resolved: resolution.tarball }),
    },
  ];
}
