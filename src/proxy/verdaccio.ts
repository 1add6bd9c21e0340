/**
 * The engine inside Verdaccio: `filter_metadata` takes out what is withheld, a middleware says why. Verdaccio serves the whole
 * unfiltered document when a filter throws, and logs nothing: this one never throws, and closes the package instead.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Packument } from '../model/packument.ts';
import { printable } from '../model/text.ts';
import type { Instant } from '../model/time.ts';
import { packumentFrom } from '../registry/packument.ts';
import { openBoundedCache } from './bounded-cache.ts';
import type { EvidenceFor } from './evidence-for.ts';
import { headerText, insteadOf, judgementJson, judgementLines, rulesOf, withheldText } from './explain.ts';
import { nearestBelow } from './filter-packument.ts';
import { routeOf, versionInFile } from './route.ts';
import type { Judged, JudgedFile } from './served.ts';
import { decided, judgeSuspects, stillValid } from './suspects.ts';
import { troubleIn, UpstreamTrouble } from './trouble.ts';
import type { Bench, Judgement } from './verdict.ts';

/** What of Verdaccio's manifest is touched; the rest is passed on. */
export interface VerdaccioManifest {
  readonly name: string;
  readonly _rev?: string;
  readonly versions: Readonly<Record<string, unknown>>;
  readonly time?: Readonly<Record<string, unknown>>;
  readonly 'dist-tags': Readonly<Record<string, string>>;
}

export interface VerdaccioGuardOptions {
  readonly bench: Bench;
  /** What a verdict on a packument may rest on besides. */
  evidenceFor(packument: Packument): Pick<EvidenceFor, 'packuments' | 'stale'>;
  readonly observe: boolean;
  readonly now: () => Instant;
  readonly log: (line: string) => void;
  /** The verdict with contents on the version a file belongs to; undefined when the uplink lists none. Left out: metadata alone decides. */
  readonly file?: (name: string, file: string) => Promise<JudgedFile | undefined>;
}

/** A request as Express hands it over. */
export type ExpressRequest = IncomingMessage & { readonly originalUrl?: string };

export interface VerdaccioGuard {
  filter<M extends VerdaccioManifest>(manifest: M): Promise<M>;
  handle(request: ExpressRequest, response: ServerResponse, next: () => void): void;
}

/** What stands in for a guard that could not be opened: nothing is served. */
export const closedGuard: VerdaccioGuard = {
  filter: async (manifest) => without(manifest, () => false),
  handle(request, response, next) {
    if (!mayBeTarball(request)) return next();
    const text = '[depward] its settings make no sense, so no package is served; the log of Verdaccio says what to put right';
    respond(response, 503, 'Closed by depward', text, {});
  },
};

const remembered = 2000;

/** Opens the guard; one for the filter and the middleware together. */
export function openVerdaccioGuard(options: VerdaccioGuardOptions): VerdaccioGuard {
  const { bench, observe, now } = options;
  const log = (line: string) => {
    try {
      options.log(line);
    } catch {
      // A logger that fails must not open the door.
    }
  };
  const decisions = openBoundedCache<Judged & { readonly key: string }>(remembered);
  /** Versions whose tarballs were asked for: judged exactly, however old. */
  const wanted = openBoundedCache<Set<string>>(remembered);

  async function decide(manifest: VerdaccioManifest): Promise<Judged> {
    const also = wanted.get(manifest.name) ?? new Set();
    const key = `${manifest._rev ?? ''} ${Object.keys(manifest.versions).length} ${String(manifest.time?.['modified'] ?? '')} ${[...also].join()}`;
    const held = decisions.get(manifest.name);
    const at = now();
    if (held && held.key === key && stillValid(held, at)) return held;
    const parsed = packumentFrom(manifest.name, manifest);
    if (!parsed.ok) throw new Error(parsed.reason);
    const { packument } = parsed;
    const { packuments, stale } = options.evidenceFor(packument);
    const judgements = await judgeSuspects(bench, { packument, packuments, now: at }, also);
    const decision = { packument, at, key, ...decided(judgements, at, stale()) };
    decisions.set(manifest.name, decision, 1);
    return decision;
  }

  async function filter<M extends VerdaccioManifest>(manifest: M): Promise<M> {
    try {
      const { packument, withheld } = await decide(manifest);
      if (withheld.size > 0)
        log(
          `depward: ${observe ? 'would withhold' : 'withholds'} ${printable(manifest.name)} ${[...withheld.keys()].map((version) => printable(version, 60)).join(', ')}`,
        );
      const known = new Set(packument.releases.map((release) => release.version));
      return observe ? manifest : without(manifest, (version) => known.has(version) && !withheld.has(version));
    } catch (error) {
      // The engine could not tell: with Verdaccio, an error would mean "serve everything".
      log(
        `depward: ${printable(String(manifest?.name))} is closed, it could not be judged: ${printable(error instanceof Error ? error.message : 'unknown error')}`,
      );
      return observe ? manifest : without(manifest, () => false);
    }
  }

  function remember(name: string, version: string): void {
    const versions = wanted.get(name) ?? new Set<string>();
    if (versions.size < 1000) versions.add(version);
    wanted.set(name, versions, 1);
  }

  /** 403 with the reason where Verdaccio would say 404 without one. */
  function explain(name: string, version: string, response: ServerResponse): boolean {
    const decision = decisions.get(name);
    const judgement = decision?.withheld.get(version);
    if (!decision || !judgement || observe || response.headersSent) return false;
    refuse(name, judgement, insteadOf(decision, version), response);
    return true;
  }

  function refuse(name: string, judgement: Judgement, instead: string | undefined, response: ServerResponse): void {
    const text = `[depward] ${withheldText(name, judgement, instead)}`;
    // What could not be told may be told in a moment: clients ask again on a 503.
    const status = judgement.complete ? 403 : 503;
    respond(response, status, `Withheld by depward: ${rulesOf(judgement).join(', ')}`, text, { depward: judgementJson(name, judgement, instead) });
  }

  return {
    filter,
    handle(request, response, next) {
      const route = routeOf(request.method ?? 'GET', request.originalUrl ?? request.url ?? '');
      if (route.kind === 'own' && route.page === 'why') return why(route.rest, response);
      if (route.kind === 'tarball') return tarball(route.name, route.file, response, next);
      if (observe || !mayBeTarball(request)) return next();
      const text = '[depward] this is no address of a tarball as registries write it, so it is not served: ask for /NAME/-/FILE.tgz';
      respond(response, 404, 'Not understood by depward', text, {});
    },
  };

  function tarball(name: string, file: string, response: ServerResponse, next: () => void): void {
    const version = versionInFile(name, file);
    if (version !== undefined) remember(name, version);
    const pass = () => (version === undefined ? next() : answered(name, version, response, next));
    const judging = options.file ? options.file(name, file) : Promise.resolve(undefined);
    judging.then(
      (found) => {
        const { judgement, judged } = found ?? {};
        if (judged && judgement?.action === 'block' && !observe) refuse(name, judgement, insteadOf(judged, judgement.version), response);
        else pass();
      },
      (error: unknown) => closed(`${name}@${version ?? file}`, error, response, pass),
    );
  }

  /** What the uplink does not have is Verdaccio's own; what it could not be asked is not served. */
  function closed(what: string, error: unknown, response: ServerResponse, pass: () => void): void {
    const trouble = troubleIn(error) ?? new UpstreamTrouble(500, error instanceof Error ? error.message : 'unknown error');
    if (observe || trouble.status === 404) {
      pass();
      return;
    }
    const subject = printable(what);
    log(`depward: ${subject} is not served, its contents could not be judged: ${printable(trouble.message)}`);
    respond(
      response,
      503,
      'Not judged by depward',
      `[depward] ${subject} could not be judged, so it is not served: ${printable(trouble.message)}`,
      {},
    );
  }

  function answered(name: string, version: string, response: ServerResponse, next: () => void): void {
    // The filter runs while Verdaccio answers: only its outcome tells whether this version is withheld.
    const { end } = response;
    response.end = ((...args: Parameters<typeof end>) => {
      response.end = end;
      if (response.statusCode === 404 && explain(name, version, response)) return response;
      return end.apply(response, args);
    }) as typeof end;
    next();
  }

  function why(subject: string, response: ServerResponse): void {
    const at = subject.indexOf('@', 1);
    const name = at < 0 ? subject : subject.slice(0, at);
    const decision = decisions.get(name);
    const shown = [...(decision?.judgements.values() ?? [])].filter((judgement) =>
      at < 0 ? judgement.action !== 'allow' : judgement.version === subject.slice(at + 1),
    );
    const lines = shown.flatMap((judgement) =>
      judgementLines(name, judgement, decision && judgement.action === 'block' ? insteadOf(decision, judgement.version) : undefined),
    );
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    response.setHeader('x-content-type-options', 'nosniff');
    response.end(lines.length > 0 ? `${lines.join('\n')}\n` : `${printable(name)}: nothing withheld, or not asked for yet\n`);
  }
}

/** True for every spelling of an address that Verdaccio's router takes for a tarball's: it forgives a slash at the end, and more. */
function mayBeTarball({ method, originalUrl, url }: ExpressRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && /.\/-\//.test((originalUrl ?? url ?? '').replace(/\?.*$/s, ''));
}

function respond(response: ServerResponse, status: number, phrase: string, text: string, more: object): void {
  response.statusCode = status;
  response.statusMessage = headerText(phrase, 180);
  const body = JSON.stringify({ error: text, ...more });
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(body));
  response.setHeader('npm-notice', headerText(text, 500));
  response.end(body);
}

function without<M extends VerdaccioManifest>(manifest: M, keep: (version: string) => boolean): M {
  const versions = Object.fromEntries(Object.entries(manifest.versions ?? {}).filter(([version]) => keep(version)));
  const gone = (key: string) => Object.hasOwn(manifest.versions ?? {}, key) && !Object.hasOwn(versions, key);
  const kept = Object.keys(versions);
  const tags = Object.entries(manifest['dist-tags'] ?? {}).flatMap(([tag, target]) => {
    const to = Object.hasOwn(versions, target) ? target : nearestBelow(target, kept);
    return to === undefined ? [] : [[tag, to]];
  });
  return {
    ...manifest,
    versions,
    time: Object.fromEntries(Object.entries(manifest.time ?? {}).filter(([key]) => !gone(key))),
    'dist-tags': Object.fromEntries(tags),
  };
}
