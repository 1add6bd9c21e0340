/** What literals say by themselves, plain or behind a common encoding. */
import type { ESTree } from 'meriyah';
import type { ReadAs } from '../../model/contents.ts';
import { findsAddresses, hostOf, isCredential, isPaymentAddress, type Place, placeOf } from '../places.ts';
import { fromBase64, fromHex, looksLikeCode, opensAsText, reversed } from '../text.ts';
import type { Node } from './nodes.ts';
import type { Notes } from './notes.ts';

/** Short texts known to say nothing. Only texts too short to be slices: a slice would keep its whole file in memory. */
const mute = new Set<string>();
const mostMute = 50_000;
const longestMute = 12;
const longestSaying = 2000;

/** Reads the literals of one script; a class because the same text is looked at once. */
export class LiteralReader {
  readonly #notes: Notes;
  readonly #mute = new Set<string>();
  readonly #addresses: Node[] = [];

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  read(node: ESTree.StringLiteral): void {
    const text = node.value;
    if (text.length < 4) return;
    const kept = text.length <= longestMute ? mute : this.#mute;
    if (kept.has(text)) return;
    const before = this.#notes.spotted.length + this.#notes.disguised.length + this.#notes.inner.length + this.#addresses.length;
    this.say(text, node, 'written');
    this.#reveal(text, node);
    if (isPaymentAddress(text)) this.#addresses.push(node);
    const after = this.#notes.spotted.length + this.#notes.disguised.length + this.#notes.inner.length + this.#addresses.length;
    if (after === before) keep(kept, text);
  }

  /** A text and how it was read. */
  say(text: string, node: Node, readAs: ReadAs): void {
    if (text.length > longestSaying) return;
    const place: Place | undefined = placeOf(text);
    if (place) this.#notes.add(place.kind, place.detail, node, readAs);
    if (isCredential(text)) this.#notes.add('embedded-secret', `${text.slice(0, 4)}…`, node, readAs);
    const host = readAs === 'decoded' ? hostOf(text) : undefined;
    if (host !== undefined) this.#notes.add('network', host, node, readAs);
  }

  /** Call when all are read. */
  end(): void {
    const [first] = this.#addresses;
    if (first && this.#addresses.length >= 3) this.#notes.add('address-table', `${this.#addresses.length} payment addresses`, first);
    else this.#searched(first);
    if (first) this.#copied();
  }

  /** What looks for addresses where functions of the page are replaced has its own to put in their place. */
  #searched(address: Node | undefined): void {
    const { spotted, scan } = this.#notes;
    // Those who use wallets and addresses look for them, too.
    const replaces = spotted.some(({ kind, detail }) => kind === 'page-hook' || (kind === 'wallet-hook' && detail.startsWith('replaces ')));
    const copies = address !== undefined && (scan.identifiers.has('clipboardData') || spotted.some(({ kind }) => kind === 'clipboard'));
    if (!replaces && !copies) return;
    const pattern = scan.patterns.find(({ regex }) => findsAddresses(regex.pattern));
    if (pattern)
      this.#notes.add(
        'address-table',
        address ? 'a payment address, and a pattern that finds others' : 'a pattern that finds payment addresses',
        pattern,
      );
  }

  /** An address beside a handler that puts other text in place of what is copied. */
  #copied(): void {
    const { scan, evaluator } = this.#notes;
    if (!scan.identifiers.has('clipboardData') || !scan.identifiers.has('setData')) return;
    for (const { node, scope } of scan.calls) {
      if (node.type === 'ImportExpression' || node.callee.type !== 'MemberExpression' || node.callee.property.type !== 'Identifier') continue;
      const [event] = node.arguments;
      if (node.callee.property.name !== 'addEventListener' || !event || event.type === 'SpreadElement') continue;
      if (/^(copy|cut)$/.test(evaluator.text(event, scope).text)) this.#notes.add('clipboard', 'what is copied is replaced', node);
    }
  }

  #reveal(text: string, node: Node): void {
    const hidden = disguisedText(text);
    if (hidden === undefined) return;
    if (isTelling(hidden) || placeOf(hidden) || hostOf(hidden)) {
      this.#notes.disguise(hidden, node);
      this.say(hidden, node, 'decoded');
    }
    if (hidden.length > 60 && looksLikeCode(hidden)) this.#notes.inner.push({ code: hidden, at: node.start ?? 0, readAs: 'decoded' });
  }
}

function keep(texts: Set<string>, text: string): void {
  if (texts.size >= mostMute) texts.clear();
  texts.add(text);
}

const tellingNames = [
  'child_process fs fs/promises http https net tls dns os vm module crypto zlib worker_threads'.split(' ').flatMap((name) => [name, `node:${name}`]),
  'eval Function exec execSync spawn spawnSync execFile constructor fromCharCode _load _compile mainModule runInThisContext process require readFileSync writeFileSync homedir hostname'.split(
    ' ',
  ),
].flat();
const telling = new Set(tellingNames);
const tellingBackwards = new Map(tellingNames.map((name) => [reversed(name), name]));

/** Names worth disguising: of modules that matter, of functions that run code. */
export function isTelling(text: string): boolean {
  return telling.has(text);
}

/** Text behind a literal that is base64, hex or reversed, when it reads as something. */
export function disguisedText(text: string): string | undefined {
  if (text.length > 400_000) return undefined;
  const backwards = text.length <= 200 ? readBackwards(text) : undefined;
  if (backwards !== undefined) return backwards;
  if (text.length < 8 || !/^[\w+/=-]+$/.test(text)) return undefined;
  const hex = text.length >= 12 ? fromHex(text) : undefined;
  if (hex !== undefined) return hex;
  if (!/[A-Z]/.test(text) || !/[a-z]/.test(text)) return undefined;
  const forwards = opensAsText(text, 0, 1) ? fromBase64(text) : undefined;
  return forwards ?? (text.length <= 200 && opensAsText(text, text.length - 1, -1) ? fromBase64(reversed(text)) : undefined);
}

/** An address or a telling name written from its end. */
function readBackwards(text: string): string | undefined {
  if (/\/\/:(s?ptth|s?sw)$/.test(text)) return reversed(text);
  const name = tellingBackwards.get(text);
  return name !== undefined && !telling.has(text) ? name : undefined;
}
