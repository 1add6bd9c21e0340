/** The proxy's own pages under `/-/depward/`: why, withheld, health, ready, metrics. As JSON, as plain text, and for browsers as a page without scripts. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { printable } from '../model/text.ts';
import { type Instant, isoOf } from '../model/time.ts';
import type { Identity } from './documents.ts';
import { insteadOf, judgementJson, judgementLines } from './explain.ts';
import type { Metrics } from './metrics.ts';
import type { Packages } from './packages.ts';
import { send, sendError } from './respond.ts';
import { isPackageName, type Route } from './route.ts';
import { type UpstreamClient, type Upstreams, upstreamFor } from './upstream.ts';
import { headline, pagePolicy, readable, type WhyEntry, type WhyPage, whyHtml } from './why-html.ts';

export interface PageContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly packages: Packages;
  readonly metrics: Metrics;
  readonly client: UpstreamClient;
  readonly upstreams: Upstreams;
  readonly observe: boolean;
  identity(request: IncomingMessage, name: string | undefined): Identity;
  gauges(): Record<string, number>;
  /** How clients reach the proxy. */
  base(): string;
  now(): Instant;
}

interface PageOutcome {
  readonly asked: 'own';
  readonly subject: string;
  readonly verdict: string;
}

const text = 'text/plain; charset=utf-8';

/** Answers one of our own pages. */
export async function ownPage(route: Extract<Route, { kind: 'own' }>, context: PageContext): Promise<PageOutcome> {
  const { response } = context;
  switch (route.page) {
    case '':
      send(response, 200, indexText(context), text);
      break;
    case 'health':
      send(response, 200, '{"ok":true}');
      break;
    case 'ready':
      await ready(context);
      break;
    case 'metrics':
      send(response, 200, context.metrics.text(context.gauges()), 'text/plain; version=0.0.4; charset=utf-8');
      break;
    case 'why':
      await why(route.rest, context);
      break;
    case 'withheld':
      withheld(context);
      break;
    default:
      sendError(response, 404, 'there is no such page; there are why/NAME[@VERSION], withheld, health, ready, metrics');
  }
  return { asked: 'own', subject: route.page, verdict: 'allow' };
}

function indexText({ base, upstreams, observe }: PageContext): string {
  const at = `${base()}-/depward/`;
  return [
    `depward ${observe ? 'watches' : 'guards'} ${upstreams.main.url}: it withholds what its policy blocks, and says why.`,
    '',
    `${at}why/NAME            what is withheld of a package, and why`,
    `${at}why/NAME@VERSION    the same of one version`,
    `${at}withheld            all that is withheld of what was asked for so far`,
    `${at}health, ready, metrics`,
    '',
    `For clients: npm config set registry ${base()}`,
    '',
  ].join('\n');
}

async function why(subject: string, context: PageContext): Promise<void> {
  const { request, response, packages } = context;
  const at = subject.indexOf('@', 1);
  const name = at < 0 ? subject : subject.slice(0, at);
  const version = at < 0 ? undefined : subject.slice(at + 1);
  if (!isPackageName(name)) return sendError(response, 400, 'ask for why/NAME or why/NAME@VERSION');
  const who = context.identity(request, name);
  const judged = await packages.judged(name, who);
  const tagged = version === undefined ? undefined : (judged.packument.distTags.get(version) ?? version);
  const one = tagged === undefined ? undefined : await packages.judgement(name, tagged, who);
  if (tagged !== undefined && !one)
    return sendError(response, 404, `${printable(`${name}@${tagged}`)} is not listed by the registry, so it is not served`);
  const shown = one ? [one] : [...judged.judgements.values()].filter((judgement) => judgement.action !== 'allow');
  const instead = (judgedVersion: string) => insteadOf(judged, judgedVersion);
  if (wantsJson(request)) {
    const judgements = shown.map((judgement) =>
      judgementJson(name, judgement, judgement.action === 'block' ? instead(judgement.version) : undefined),
    );
    return send(
      response,
      200,
      JSON.stringify({ name, registry: upstreamFor(context.upstreams, name).url, judged: judged.judgements.size, judgements }),
    );
  }
  if (wantsHtml(request)) {
    const entries = shown.map((judgement) => ({
      name,
      judgement,
      instead: judgement.action === 'block' ? instead(judgement.version) : undefined,
    }));
    const looked = `${judged.judgements.size} of ${judged.packument.releases.length} versions were looked at; the others are when somebody asks for them.`;
    const single = entries.length === 1 && entries[0] && tagged !== undefined;
    const title = single
      ? headline(entries[0] as WhyEntry)
      : entries.length === 0
        ? `${name}: nothing is withheld`
        : `${name}: what is withheld, and what is warned of`;
    return sendHtml(context, {
      title,
      lead: single ? `Judged for ${upstreamFor(context.upstreams, name).url}` : looked,
      entries,
      base: context.base(),
    });
  }
  const lines = shown.flatMap((judgement) => judgementLines(name, judgement, judgement.action === 'block' ? instead(judgement.version) : undefined));
  if (lines.length === 0)
    lines.push(
      `${name}: nothing is withheld and nothing is warned of (${judged.judgements.size} of ${judged.packument.releases.length} versions looked at)`,
    );
  send(response, 200, `${lines.join('\n')}\n`, text);
}

function withheld(context: PageContext): void {
  const rows = [...context.packages.held(context.identity(context.request, undefined))]
    .flatMap(({ name, judged }) => [...judged.withheld.values()].map((judgement) => ({ name, judgement })))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .slice(0, 10_000);
  const { response } = context;
  if (wantsJson(context.request)) {
    const mode = context.observe ? 'observe' : 'enforce';
    send(response, 200, JSON.stringify({ at: isoOf(context.now()), mode, withheld: rows.map((row) => judgementJson(row.name, row.judgement)) }));
    return;
  }
  if (wantsHtml(context.request)) {
    const title = rows.length === 0 ? 'Nothing is withheld' : `Withheld: ${rows.length} version${rows.length === 1 ? '' : 's'}`;
    const lead = `Of the packages asked for so far, as of ${readable(context.now())}${context.observe ? '; observed only, nothing is held back' : ''}.`;
    sendHtml(context, { title, lead, entries: rows.slice(0, 500), base: context.base() });
    return;
  }
  const lines = rows.flatMap((row) => judgementLines(row.name, row.judgement));
  send(response, 200, lines.length > 0 ? `${lines.join('\n')}\n` : 'nothing is withheld of the packages asked for so far\n', text);
}

/** Ready when the main registry answers anything at all. */
async function ready(context: PageContext): Promise<void> {
  try {
    const answer = await context.client.open(context.upstreams.main, '/-/ping', { signal: AbortSignal.timeout(5000) });
    answer.resume();
    send(context.response, 200, '{"ready":true}');
  } catch {
    send(context.response, 503, '{"ready":false,"reason":"the registry cannot be reached"}');
  }
}

function sendHtml({ response }: PageContext, page: WhyPage): void {
  send(response, 200, whyHtml(page), 'text/html; charset=utf-8', { 'content-security-policy': pagePolicy, 'referrer-policy': 'no-referrer' });
}

/** Browsers name HTML; npm and curl do not. */
function wantsHtml(request: IncomingMessage): boolean {
  return (request.headers.accept ?? '').includes('text/html');
}

function wantsJson(request: IncomingMessage): boolean {
  const accept = request.headers.accept ?? '*/*';
  if (accept.includes('text/html')) return false;
  return accept.includes('json') || !accept.includes('text/');
}
