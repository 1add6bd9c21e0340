/** A registry as it could be asked at an earlier moment, for replays and audits: nothing later is passed on. Slow, and simply so. */
import type { Packument } from '../model/packument.ts';
import { type Instant, isoOf, parseInstant } from '../model/time.ts';
import { packumentAsOf, packumentFrom } from '../registry/packument.ts';
import type { DocumentAnswer } from './document-answer.ts';
import { UpstreamTrouble } from './trouble.ts';
import type { UpstreamClient } from './upstream.ts';

/** The same client, whose packuments end at the moment. Tarballs are asked for by versions a packument lists. */
export function clientAsOf(client: UpstreamClient, moment: Instant): UpstreamClient {
  return {
    ...client,
    async document(upstream, path, asked) {
      // Keys and attestations are of no moment.
      if (path.startsWith('/-/')) return await client.document(upstream, path, asked);
      // Only the full form says when versions were published.
      const answer = await client.document(upstream, path, { ...asked, accept: 'application/json' });
      return answer.kind === 'document' ? documentAsOf(answer, moment) : answer;
    },
  };
}

function documentAsOf(answer: Extract<DocumentAnswer, { kind: 'document' }>, moment: Instant): DocumentAnswer {
  const document = objectIn(parsed(answer.bytes));
  const name = typeof document['name'] === 'string' ? document['name'] : '';
  const read = packumentFrom(name, document);
  if (!read.ok) throw new UpstreamTrouble(502, read.reason);
  const { packument } = read;
  if (!packument.offers.times && packument.releases.length > 0) {
    throw new UpstreamTrouble(502, 'this registry does not say when versions were published, so no past moment can be looked at');
  }
  const then = packumentAsOf(packument, moment);
  if (!then || then.releases.length === 0) return { kind: 'missing', status: 404 };
  return { ...answer, bytes: Buffer.from(JSON.stringify(cut(document, then, moment))) };
}

function cut(document: Fields, { distTags, releases }: Packument, moment: Instant): Fields {
  const versions = objectIn(document['versions']);
  const visible = releases.map(({ version }) => version);
  const time = Object.entries(objectIn(document['time'])).filter(([, at]) => typeof at === 'string' && (parseInstant(at) ?? moment + 1) <= moment);
  const last = releases.at(-1)?.at;
  // Read-me, maintainers and the like are those of today; nobody says when a version was deprecated.
  return {
    _id: document['_id'],
    name: document['name'],
    'dist-tags': Object.fromEntries(distTags),
    versions: Object.fromEntries(visible.map((version) => [version, undeprecated(versions[version])])),
    time: Object.fromEntries([...time, ...(last === undefined ? [] : [['modified', isoOf(last)]])]),
  };
}

function undeprecated(manifest: unknown): unknown {
  const { deprecated: _, ...rest } = objectIn(manifest);
  return rest;
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new UpstreamTrouble(502, 'the registry sent a document that is not a packument');
  }
}

function objectIn(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
