/** What a proxy is started with, and what there is to it while it runs. */
import type { Instant } from '../model/time.ts';
import type { Prejudged } from './answers.ts';
import type { AuditLog } from './audit.ts';
import type { RewriteOptions } from './rewrite.ts';
import type { RouteGroup } from './route.ts';
import type { Upstreams } from './upstream.ts';
import type { Limits } from './upstream-limits.ts';
import type { Bench, Judgement } from './verdict.ts';

export interface ProxyOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** How clients reach the proxy, where that differs from host and port. */
  readonly publicUrl?: string;
  readonly upstreams: Upstreams;
  readonly bench: Bench;
  readonly observe: boolean;
  readonly rewrite: RewriteOptions['rewrite'];
  readonly npmReplaces: ReadonlySet<string>;
  /** Told of every tarball address that is shown instead of another. */
  readonly shown?: RewriteOptions['shown'];
  /** Versions whose verdict is known before anybody asks: their tarballs need no packument. By `name@version`. */
  readonly prejudged?: ReadonlyMap<string, Prejudged>;
  /** Groups of other routes that are passed on; the rest is refused. */
  readonly pass: ReadonlySet<RouteGroup>;
  readonly freshFor: number;
  /** For how long what was judged before is served while the registry is in trouble, in milliseconds; not at all when absent. */
  readonly staleFor?: number;
  /** Hosts that registries may redirect to. */
  readonly redirectTo?: ReadonlySet<string>;
  readonly cacheBytes: number;
  readonly limits?: Limits;
  /** Left out where nobody wants to know. */
  readonly audit?: AuditLog;
  /** Prepares for the first questions in the time nobody asks any. */
  readonly warmUp?: boolean;
  readonly now: () => Instant;
  /** For replays and audits: what the registry says is cut off at this moment, and `now` stands still there. */
  readonly asOf?: Instant;
}

export interface RunningProxy {
  /** Ends in `/`. */
  readonly url: string;
  /** What is withheld of the packages asked for so far. */
  withheld(): readonly { readonly name: string; readonly judgement: Judgement; readonly instead: string | undefined }[];
  /**
   * A packument as clients without credentials of their own are served it, addresses as the registry wrote them; `unfiltered` with what
   * is withheld. Rejects with npm's `E404` and the like.
   */
  document(name: string, unfiltered?: boolean): Promise<unknown>;
  /** Answers what was begun, takes nothing new; after `graceMs` whatever is left is cut off. */
  close(graceMs?: number): Promise<void>;
}
