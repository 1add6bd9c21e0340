/** The answers that carry packages: packuments without what is withheld, tarballs after their verdict, refusals with their reasons. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Packument, Release } from '../model/packument.ts';
import { printable } from '../model/text.ts';
import { headerText, insteadOf, judgementJson, rulesOf, withheldText } from './explain.ts';
import type { Form, Identity, Packages, TarballStyle } from './packages.ts';
import { send, sendError, sendServed } from './respond.ts';
import { type Route, versionInFile } from './route.ts';
import type { TarballRelease, Tarballs } from './tarballs.ts';
import type { Judgement } from './verdict.ts';

/** What became of a request, for log and counters. */
export interface Outcome {
  readonly asked: string;
  readonly subject: string;
  readonly verdict: string;
  readonly rules?: readonly string[];
  readonly withheld?: readonly string[];
  readonly reason?: string;
}

/** A version that was judged with the bytes a lockfile names. */
export interface Prejudged {
  readonly judgement: Judgement;
  readonly integrity: string;
  readonly tarball: string | undefined;
}

export interface AnswerContext {
  readonly packages: Packages;
  readonly tarballs: Tarballs;
  readonly observe: boolean;
  readonly prejudged: ReadonlyMap<string, Prejudged>;
  identity(request: IncomingMessage, name: string): Identity;
  style(request: IncomingMessage): TarballStyle | undefined;
  /** How clients reach the proxy. */
  base(): string;
}

export interface Answers {
  packument(name: string, request: IncomingMessage, response: ServerResponse): Promise<Outcome>;
  part(route: Extract<Route, { kind: 'version' | 'dist-tags' }>, request: IncomingMessage, response: ServerResponse): Promise<Outcome>;
  tarball(name: string, file: string, request: IncomingMessage, response: ServerResponse): Promise<Outcome>;
}

/** Opens the answers. */
export function openAnswers(context: AnswerContext): Answers {
  const { packages, tarballs, observe, identity, style } = context;

  async function answerPackument(name: string, request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    const who = identity(request, name);
    const form: Form = (request.headers.accept ?? '').includes('application/vnd.npm.install-v1+json') ? 'short' : 'full';
    const served = await packages.served(name, form, style(request), who);
    const { filtered, judged } = served;
    const withheld = [...(observe ? judged.withheld.keys() : (filtered?.removed ?? []))];
    if (filtered && filtered.kept === 0 && filtered.removed.length > 0) return refuseWhole(name, judged.withheld, response);
    const latest = filtered?.movedTags.get('latest');
    const moved = latest && judged.withheld.get(latest.from);
    const notice: Record<string, string> = moved ? { 'npm-notice': headerText(`[depward] ${withheldText(name, moved, latest.to)}`, 500) } : {};
    await sendServed(request, response, served, notice);
    return { asked: 'packument', subject: name, verdict: withheld.length === 0 ? 'allow' : observe ? 'observed' : 'filtered', withheld };
  }

  function refuseWhole(name: string, withheld: ReadonlyMap<string, Judgement>, response: ServerResponse): Outcome {
    const newest = [...withheld.values()].at(-1);
    const reason = newest ? withheldText(name, newest, undefined) : `${name}: no version could be judged`;
    sendError(response, 403, `every version of ${name} is withheld; ${reason}`, {
      phrase: `Withheld by depward: every version of ${name}`,
      detail: newest && judgementJson(name, newest),
    });
    return { asked: 'packument', subject: name, verdict: 'withheld', rules: newest ? rulesOf(newest) : [], withheld: [...withheld.keys()] };
  }

  async function answerPart(
    route: Extract<Route, { kind: 'version' | 'dist-tags' }>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Outcome> {
    const served = await packages.served(route.name, 'full', style(request), identity(request, route.name));
    const document = Object(JSON.parse(served.bytes.toString('utf8')));
    const tags = Object(document['dist-tags']);
    if (route.kind === 'dist-tags') {
      send(response, 200, JSON.stringify(tags));
      return { asked: 'dist-tags', subject: route.name, verdict: 'allow' };
    }
    const version = Object.hasOwn(tags, route.version) ? String(tags[route.version]) : route.version;
    const versions = Object(document.versions);
    const subject = `${route.name}@${route.version}`;
    if (Object.hasOwn(versions, version)) {
      send(response, 200, JSON.stringify(versions[version]));
      return { asked: 'version', subject, verdict: 'allow' };
    }
    const judged = await packages.judged(route.name, identity(request, route.name));
    const judgement = judged.withheld.get(version);
    if (judgement) return refuse(route.name, judgement, insteadOf(judged, version), 'version', response);
    sendError(response, 404, `${printable(subject)} is not listed by the registry`);
    return { asked: 'version', subject, verdict: 'refused', reason: 'not listed' };
  }

  async function answerTarball(name: string, file: string, request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    const who = identity(request, name);
    const locked = context.prejudged.get(`${name}@${versionInFile(name, file)}`);
    if (locked) return await deliver(name, { version: locked.judgement.version, ...locked }, locked.judgement, request, response);
    const judged = await packages.judged(name, who);
    const release = releaseOfFile(judged.packument, name, file);
    const judgement = release && (await packages.judgement(name, release.version, who, contentsOf(name, judged.packument, who)));
    if (!release || !judgement) {
      sendError(response, 404, `${printable(file)} belongs to no version of ${name} that the registry lists`);
      return { asked: 'tarball', subject: `${name} ${printable(file)}`, verdict: 'refused', rules: ['unlisted-version'], reason: 'not listed' };
    }
    if (judgement.action === 'block' && !observe) return refuse(name, judgement, insteadOf(judged, release.version), 'tarball', response);
    return await deliver(name, release, judgement, request, response);
  }

  /** The bytes of this package's own versions, checked; what lies elsewhere is not fetched for a verdict. */
  function contentsOf(name: string, packument: Packument, who: Identity): (url: string) => AsyncGenerator<Buffer> {
    return async function* (url) {
      const release = packument.releases.find((one) => one.tarball === url);
      if (!release) throw new Error('the address belongs to no version of this package');
      const tarball = await tarballs.get(name, release, who);
      if (tarball.kind === 'whole') yield tarball.bytes;
      else yield* tarball.pieces();
    };
  }

  async function deliver(
    name: string,
    release: TarballRelease,
    judgement: Judgement,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Outcome> {
    const tarball = await tarballs.get(name, release, identity(request, name));
    const notice =
      judgement.action === 'block' ? { 'npm-notice': headerText(`[depward] observed only: ${withheldText(name, judgement, undefined)}`, 500) } : {};
    const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'no-cache', ...notice };
    if (tarball.kind === 'whole') {
      response.writeHead(200, { ...headers, 'content-length': tarball.bytes.length });
      response.end(request.method === 'HEAD' ? undefined : tarball.bytes);
    } else {
      response.writeHead(200, { ...headers, ...(tarball.length !== undefined && { 'content-length': tarball.length }) });
      await pour(tarball.pieces(), request, response);
    }
    const verdict = judgement.action === 'block' ? 'observed' : judgement.action;
    return { asked: 'tarball', subject: `${name}@${release.version}`, verdict, rules: rulesOf(judgement) };
  }

  function refuse(name: string, judgement: Judgement, instead: string | undefined, asked: string, response: ServerResponse): Outcome {
    const subject = `${name}@${judgement.version}`;
    // What could not be told may be told in a moment: clients ask again on a 503.
    sendError(
      response,
      judgement.complete ? 403 : 503,
      `${withheldText(name, judgement, instead)}; more at ${context.base()}-/depward/why/${subject}`,
      {
        phrase: `Withheld by depward: ${rulesOf(judgement).join(', ')} - ${withheldText(name, judgement, instead)}`,
        detail: judgementJson(name, judgement, instead),
      },
    );
    return { asked, subject, verdict: 'withheld', rules: rulesOf(judgement) };
  }

  return { packument: answerPackument, part: answerPart, tarball: answerTarball };
}

/** The version a tarball's file belongs to: by the conventional name, else by where its packument says it lies. */
function releaseOfFile(packument: Packument, name: string, file: string): Release | undefined {
  const version = versionInFile(name, file);
  return (
    packument.releases.find((release) => release.version === version) ?? packument.releases.find((release) => release.tarball?.endsWith(`/${file}`))
  );
}

/** Writes pieces as fast as the client takes them. Trouble on the way is thrown, and then cuts the connection: half a tarball never looks like one. */
async function pour(pieces: AsyncGenerator<Buffer>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'HEAD') await pieces.return(undefined);
  for await (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}
