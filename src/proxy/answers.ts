/** The answers that carry packages: packuments without what is withheld, tarballs after their verdict, refusals with their reasons. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { printable } from '../model/text.ts';
import type { Form, Identity } from './documents.ts';
import { headerText, insteadOf, judgementJson, rulesOf, withheldText } from './explain.ts';
import type { Packages } from './packages.ts';
import { type ServedHeaders, send, sendError, sendServed, sendSized, servedHeaders, staleHeaders, staleWarning } from './respond.ts';
import { type Route, versionInFile } from './route.ts';
import type { JudgedFile, Served, TarballStyle } from './served.ts';
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

/** What is at hand is answered at once; the rest with a promise. */
export interface Answers {
  packument(name: string, request: IncomingMessage, response: ServerResponse): Outcome | Promise<Outcome>;
  part(route: Extract<Route, { kind: 'version' | 'dist-tags' }>, request: IncomingMessage, response: ServerResponse): Promise<Outcome>;
  tarball(name: string, file: string, request: IncomingMessage, response: ServerResponse): Outcome | Promise<Outcome>;
}

/** What follows from a document once and for all: its headers, its line in the log, or that nothing is left of it. */
interface Ready {
  readonly outcome: Outcome;
  readonly headers: ServedHeaders;
  readonly allGone: boolean;
}

/** Opens the answers. */
export function openAnswers(context: AnswerContext): Answers {
  const { packages, tarballs, observe, identity, style } = context;

  const ready = new WeakMap<Served, Ready>();

  function answerPackument(name: string, request: IncomingMessage, response: ServerResponse): Outcome | Promise<Outcome> {
    const who = identity(request, name);
    const form: Form = (request.headers.accept ?? '').includes('application/vnd.npm.install-v1+json') ? 'short' : 'full';
    const shape = style(request);
    const served = packages.servedNow(name, form, shape, who);
    if (served) return sendDocument(name, served, request, response);
    return packages.served(name, form, shape, who).then((made) => sendDocument(name, made, request, response));
  }

  function sendDocument(name: string, served: Served, request: IncomingMessage, response: ServerResponse): Outcome | Promise<Outcome> {
    let { outcome, headers, allGone } = ready.get(served) ?? {};
    if (!outcome || !headers) {
      const made = readyFor(name, served);
      ready.set(served, made);
      ({ outcome, headers, allGone } = made);
    }
    if (allGone) return refuseWhole(name, served.judged.withheld, response);
    const stale = served.stale();
    const sent = sendServed(request, response, served, stale === undefined ? headers : staleHeaders(headers, stale));
    const said = stale === undefined ? outcome : staleOutcome(outcome, stale);
    return sent ? sent.then(() => said) : said;
  }

  function readyFor(name: string, served: Served): Ready {
    const { filtered, judged } = served;
    const withheld = [...(observe ? judged.withheld.keys() : filtered.removed)];
    const latest = filtered.movedTags.get('latest');
    const moved = latest && judged.withheld.get(latest.from);
    const notice = moved ? headerText(`[depward] ${withheldText(name, moved, latest.to)}`, 500) : undefined;
    const verdict = withheld.length === 0 ? 'allow' : observe ? 'observed' : 'filtered';
    return {
      outcome: { asked: 'packument', subject: name, verdict, withheld },
      headers: servedHeaders(served, notice),
      allGone: filtered.kept === 0 && filtered.removed.length > 0,
    };
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

  function answerTarball(name: string, file: string, request: IncomingMessage, response: ServerResponse): Outcome | Promise<Outcome> {
    const who = identity(request, name);
    const locked = context.prejudged.size === 0 ? undefined : context.prejudged.get(`${name}@${versionInFile(name, file)}`);
    if (locked) return deliver(name, { version: locked.judgement.version, ...locked }, locked.judgement, who, request, response);
    const known = packages.fileNow(name, file, who);
    if (known) return judgedTarball(name, known, who, request, response);
    return packages.file(name, file, who).then((found) => {
      if (found) return judgedTarball(name, found, who, request, response);
      sendError(response, 404, `${printable(file)} belongs to no version of ${name} that the registry lists`);
      return { asked: 'tarball', subject: `${name} ${printable(file)}`, verdict: 'refused', rules: ['unlisted-version'], reason: 'not listed' };
    });
  }

  function judgedTarball(
    name: string,
    { release, judgement, judged, stale }: JudgedFile,
    who: Identity,
    request: IncomingMessage,
    response: ServerResponse,
  ): Outcome | Promise<Outcome> {
    if (judgement.action === 'block' && !observe) return refuse(name, judgement, insteadOf(judged, release.version), 'tarball', response);
    const why = stale();
    if (why === undefined) return deliver(name, release, judgement, who, request, response);
    response.setHeader('warning', staleWarning(why));
    return Promise.resolve(deliver(name, release, judgement, who, request, response)).then((outcome) => staleOutcome(outcome, why));
  }

  function deliver(
    name: string,
    release: TarballRelease,
    judgement: Judgement,
    who: Identity,
    request: IncomingMessage,
    response: ServerResponse,
  ): Outcome | Promise<Outcome> {
    const delivery = deliveryOf(name, release.version, judgement);
    const held = tarballs.held(name, release, who);
    if (held) {
      sendSized(request, response, delivery.sized(held.length), held);
      return delivery.outcome;
    }
    return tarballs.get(name, release, who).then(async (tarball) => {
      if (tarball.kind === 'whole') sendSized(request, response, delivery.sized(tarball.bytes.length), tarball.bytes);
      else {
        response.writeHead(200, delivery.sized(tarball.length));
        await pour(tarball.pieces(), request, response);
      }
      return delivery.outcome;
    });
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

function staleOutcome(outcome: Outcome, why: string): Outcome {
  return { ...outcome, reason: `served as judged before: ${why}` };
}

/** What is the same whenever a tarball is delivered: what is noted of it, and its headers. */
interface Delivery {
  readonly outcome: Outcome;
  sized(length: number | undefined): string[];
}

const deliveries = new WeakMap<Judgement, Delivery>();

/** One for each verdict: the same tarball is delivered again and again. */
function deliveryOf(name: string, version: string, judgement: Judgement): Delivery {
  const known = deliveries.get(judgement);
  if (known) return known;
  const blocked = judgement.action === 'block';
  const headers = ['content-type', 'application/octet-stream', 'cache-control', 'no-cache'];
  if (blocked) headers.push('npm-notice', headerText(`[depward] observed only: ${withheldText(name, judgement, undefined)}`, 500));
  let last: { readonly length: number | undefined; readonly headers: string[] } = { length: undefined, headers };
  const delivery: Delivery = {
    outcome: { asked: 'tarball', subject: `${name}@${version}`, verdict: blocked ? 'observed' : judgement.action, rules: rulesOf(judgement) },
    sized(length) {
      if (last.length !== length) last = { length, headers: length === undefined ? headers : [...headers, 'content-length', String(length)] };
      return last.headers;
    },
  };
  deliveries.set(judgement, delivery);
  return delivery;
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
