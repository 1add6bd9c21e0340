/** `depward/bun`: Bun's security scanner. Bun asks it before every installation, frozen ones too, and refuses when it fails. */
import { type BunPackage, listedByBun } from './commands/bun-packages.ts';
import { blockedIn, judgeList, reasonText } from './commands/judge-list.ts';

interface Advisory {
  readonly level: 'fatal' | 'warn';
  readonly package: string;
  readonly url: string | null;
  readonly description: string | null;
}

/** What bunfig.toml's `install.security.scanner` loads. Warnings are said but not returned: without a terminal Bun ends on them. */
export const scanner = {
  version: '1' as const,
  async scan({ packages }: { readonly packages: readonly BunPackage[] }): Promise<readonly Advisory[]> {
    const folder = process.cwd();
    const listed = await listedByBun(packages, folder);
    const report = await judgeList(listed, folder, (line) => console.error(line), 'bun');
    return blockedIn(report).map((verdict) => ({
      level: 'fatal' as const,
      package: verdict.subject.name,
      url: null,
      description: `${verdict.subject.name}@${verdict.subject.version} is blocked by ${reasonText(verdict)}`,
    }));
  },
};
