/** What is used of npm's modules that ship no types. */
declare module '@npmcli/config' {
  export default class Config {
    constructor(options: {
      readonly definitions: unknown;
      readonly shorthands: unknown;
      readonly flatten: unknown;
      readonly nerfDarts: readonly string[];
      readonly npmPath: string;
      readonly env: Record<string, string | undefined>;
      readonly argv: readonly string[];
      readonly cwd: string;
      readonly warn: boolean;
    });
    load(): Promise<void>;
    readonly flat: Readonly<Record<string, unknown>>;
    /** The command line as npm reads it: `remain` are the words that are no options and no values of options. */
    readonly parsedArgv: { readonly remain: readonly string[] };
    /** The folder npm works in: `--prefix`, else the nearest one with a package.json or node_modules. */
    readonly localPrefix: string;
    get(name: string): unknown;
    /** Where values came from: file name or description → kind. */
    readonly sources: ReadonlyMap<string, string>;
  }
}

declare module '@npmcli/config/lib/definitions/index.js' {
  const shapes: { readonly definitions: unknown; readonly shorthands: unknown; readonly flatten: unknown; readonly nerfDarts: readonly string[] };
  export default shapes;
}

declare module 'npm-pick-manifest' {
  /** The manifest npm picks; throws when there is none. */
  export default function pickManifest(
    packument: unknown,
    wanted: string,
    options: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>>;
}

declare module 'npm-registry-fetch/lib/auth.js' {
  export default function getAuth(
    url: string,
    options: Readonly<Record<string, unknown>>,
  ): { readonly token: string | null; readonly auth: string | null; readonly cert: string | null; readonly key: string | null };
}

declare module '@npmcli/agent' {
  import type { Agent as HttpAgent } from 'node:http';
  export class Agent extends HttpAgent {
    constructor(options: Readonly<Record<string, unknown>>);
  }
  export function getAgent(url: string, options: Readonly<Record<string, unknown>>): HttpAgent & { readonly proxy?: { readonly url: URL } };
}
