/** What talks to hosts, and what is sent there. */
import type { ESTree } from 'meriyah';
import type { ReadAs } from '../../model/contents.ts';
import { domainOf, hostOf, isLocalHost } from '../places.ts';
import { sentText } from '../sent-credential.ts';
import type { Scope } from './bindings.ts';
import { hole, textOf, type Value } from './known.ts';
import { bare, isCall, isFunction, type Node } from './nodes.ts';
import type { Called, Notes } from './notes.ts';
import { originOf } from './origin.ts';
import { ownOf } from './own-ref.ts';
import type { Tag } from './tag.ts';

export function readNetwork(notes: Notes, path: string, node: Called, scope: Scope): void {
  const hosts = hostsOf(notes, node.arguments, scope);
  if (path.startsWith('nodemailer#')) hosts.unshift(...recipientsOf(notes, node.arguments, scope));
  if (hosts.length === 0 && /^(dgram|net|tls)#/.test(path)) hosts.push(...namesAmong(notes, node.arguments, scope));
  for (const { host, readAs } of hosts) notes.add('network', host, node, readAs);
  const member = path.split('#')[1] ?? '';
  if (hosts.length === 0 && !/\.(then|catch|finally|on|once|pipe|json|text|setHeader|setTimeout|abort|destroy|\w+\(\).*)$|\(\)/.test(member))
    notes.add('network', `${path.startsWith('#') ? path.slice(1) : path.split('#')[0]} to ${hole}`, node);
  const sent = notes.tagsOf(isLocalSocket(notes, path, node.arguments, scope) ? [] : node.arguments, scope);
  if ([...sent].some((tag) => secrets.has(tag))) exfiltrates(notes, sent, hosts[0]?.host ?? 'a host', node);
  const behind = hosts.length === 0 && node.callee.type === 'MemberExpression' ? hostBehind(notes, node.callee.object, scope) : undefined;
  for (const told of hosts.length === 0 ? [behind] : hosts) gives(notes, sent, told, node);
  if (path.startsWith('#') && sent.has('page-data')) notes.add('exfiltration', `page data to ${hosts[0]?.host ?? 'a host'}`, node);
}

/** A connection told one place that is no object of options: a port of this machine, or a pipe named after its user. */
function isLocalSocket(notes: Notes, path: string, [first, second]: readonly Node[], scope: Scope): boolean {
  if (!/^net#(connect|createConnection)$/.test(path) || !first || first.type === 'SpreadElement') return false;
  if (second && !isFunction(second)) return false;
  const value = notes.evaluator.value(first, scope);
  return value?.is !== 'object' && first.type !== 'ObjectExpression';
}

/** A host, and how it is written. */
interface Told {
  readonly host: string;
  readonly readAs: ReadAs;
}

/** Hosts among the arguments of a network call: texts with a URL, and options that name one. */
function hostsOf(notes: Notes, args: readonly Node[], scope: Scope): Told[] {
  const found: Told[] = [];
  for (const argument of args.slice(0, 3)) {
    if (argument.type === 'SpreadElement' || isFunction(argument)) continue;
    const value = notes.evaluator.value(argument, scope);
    const texts =
      value?.is === 'object'
        ? ['hostname', 'host', 'url', 'uri', 'baseURL'].map((key) => ({ key, told: textOf(notes.evaluator.property(value, key)) }))
        : [{ key: '', told: textOf(value) }];
    for (const { key, told } of texts) {
      if (!told) continue;
      const host = hostOf(told.text) ?? (key.startsWith('host') ? told.text : undefined);
      if (host && !isLocalHost(host) && host !== hole) found.push({ host, readAs: told.readAs });
    }
    if (found.length === 0) found.push(...basesOf(notes, argument, scope));
  }
  return ofEachOwner(found).slice(0, 8);
}

/** Where mail goes whose recipient is written down: whoever sends mail for somebody is told to whom. */
function recipientsOf(notes: Notes, [mail]: readonly Node[], scope: Scope): Told[] {
  const value = mail && mail.type !== 'SpreadElement' ? notes.evaluator.value(mail, scope) : undefined;
  if (value?.is !== 'object') return [];
  return ['to', 'cc', 'bcc'].flatMap((key) => {
    const told = textOf(notes.evaluator.property(value, key));
    const host = told && /@([\w-]+(?:\.[\w-]+)+)/.exec(told.text)?.[1]?.toLowerCase();
    return told && host !== undefined && domainOf(host) !== undefined ? [{ host, readAs: told.readAs }] : [];
  });
}

/** The first host of each owner ahead of the others: a table of regions must not hide who stands last in it. */
function ofEachOwner(found: readonly Told[]): Told[] {
  const first = new Map(found.map((one) => [domainOf(one.host) ?? one.host, one] as const).reverse());
  const heads = new Set([...first.values()].reverse());
  return [...heads, ...found.filter((one) => !heads.has(one)).slice(0, 2)];
}

/** Hosts of an address that begins with what a field or a table of the file holds: `this.base + path`, `new URL(path, hosts[region])`. */
function basesOf(notes: Notes, address: Node, scope: Scope): Told[] {
  const base = baseOf(address);
  if (base?.type !== 'MemberExpression') return [];
  const key = base.object.type === 'ThisExpression' ? notes.evaluator.key(base, scope) : undefined;
  const given = key === undefined ? [{ node: base as Node, scope }] : notes.scan.fedInto(`this.${key}`);
  return given
    .flatMap((one) => rowsOf(notes, bare(one.node), one.scope))
    .flatMap((value) => {
      const told = textOf(value);
      const host = told && hostOf(told.text);
      return host !== undefined && domainOf(host) !== undefined && !isLocalHost(host) ? [{ host, readAs: told?.readAs ?? 'written' }] : [];
    });
}

/** Every row of a table, whichever is taken unless somebody says another; otherwise all an expression may be. */
function rowsOf(notes: Notes, node: Node, scope: Scope): readonly (Value | undefined)[] {
  const table = node.type === 'MemberExpression' && node.computed ? notes.evaluator.value(node.object, scope) : undefined;
  if (table?.is !== 'object') return notes.evaluator.alternatives(node, scope);
  return table.node.properties
    .slice(0, mostRows)
    .map((property) => (property.type === 'Property' ? notes.evaluator.value(property.value, table.scope) : undefined));
}

const mostRows = 32;

/** What stands first in an address that is put together. */
function baseOf(address: Node): Node | undefined {
  let at = bare(address);
  for (let depth = 0; depth < 8; depth++) {
    if (at.type === 'BinaryExpression') at = bare(at.left as Node);
    else if (at.type === 'TemplateLiteral' && at.quasis[0]?.value.raw === '' && at.expressions[0]) at = bare(at.expressions[0] as Node);
    else if (at.type === 'NewExpression' && at.callee.type === 'Identifier' && at.callee.name === 'URL' && at.arguments[0])
      at = bare((at.arguments[1] ?? at.arguments[0]) as Node);
    else return at;
  }
  return undefined;
}

/** Hosts that sockets are told as they are: `send(text, 53, 'host.example')`, `connect(443, 'host.example')`. */
function namesAmong(notes: Notes, args: readonly Node[], scope: Scope): Told[] {
  return args.slice(1, 6).flatMap((argument) => {
    const told = argument.type === 'SpreadElement' || isFunction(argument) ? undefined : textOf(notes.evaluator.value(argument, scope));
    return told && /^[\w.-]{4,253}$/.test(told.text) && domainOf(told.text) !== undefined && !isLocalHost(told.text)
      ? [{ host: told.text.toLowerCase(), readAs: told.readAs }]
      : [];
  });
}

/** A picture, frame or page that is asked for with what was taken in its address. */
export function readAddress(notes: Notes, value: Node, node: Node, scope: Scope): void {
  const sent = originOf(notes.evaluator, value, scope);
  const { text } = notes.evaluator.text(value, scope);
  const host = hostOf(text.startsWith('//') ? `https:${text}` : text);
  if ([...sent].some((tag) => secrets.has(tag))) exfiltrates(notes, sent, host ?? 'a host', node);
  else if (sent.has('page-data') && host !== undefined) notes.add('exfiltration', `page data to ${host}`, node);
}

function exfiltrates(notes: Notes, sent: ReadonlySet<Tag>, to: string, node: Node): void {
  const what = [...sent].filter((tag) => secrets.has(tag)).map((tag) => tagWords[tag] ?? tag);
  // Whoever uploads such files for somebody says when that fails.
  const unnoticed = sent.has('credential-file') && domainOf(to) !== undefined && notes.isHushed(node);
  notes.add('exfiltration', `${what.join(', ')} to ${to}${unnoticed ? ' unnoticed' : ''}`, node);
}

export function readSending(notes: Notes, callee: ESTree.MemberExpression, node: Called, scope: Scope): void {
  if (node.arguments.length === 0 || !originOf(notes.evaluator, callee.object, scope).has('network')) return;
  const sent = notes.tagsOf(node.arguments, scope);
  const takes = [...sent].some((tag) => secrets.has(tag));
  if (!takes && !sent.has('argument') && credentialsOf(sent).length + ownOf(sent).length === 0) return;
  const host = hostBehind(notes, callee.object, scope);
  if (takes) exfiltrates(notes, sent, host?.host ?? 'a host', node);
  gives(notes, sent, host, node);
}

/** The host a request is made to that goes on to be written to. */
function hostBehind(notes: Notes, object: Node, scope: Scope): Told | undefined {
  const value = notes.evaluator.value(object, scope);
  if (value?.is !== 'result' || !isCall(value.node)) return undefined;
  const { callee } = value.node;
  return (
    hostsOf(notes, value.node.arguments, value.scope)[0] ??
    (/^(dgram|net|tls)#/.test(value.of) ? namesAmong(notes, value.node.arguments, value.scope)[0] : undefined) ??
    (callee.type === 'MemberExpression' && isCall(bare(callee.object)) ? hostBehind(notes, callee.object, value.scope) : undefined)
  );
}

/** A credential somebody gave for one service goes to a host that is written down; and whether a failure would be noticed. */
function gives(notes: Notes, sent: ReadonlySet<Tag>, told: Told | undefined, node: Node): void {
  const host = told?.host;
  leaves(notes, sent, host, node);
  const hidden = told !== undefined && notes.isHidden(told.host, told.readAs);
  const names = credentialsOf(sent);
  if (names.length === 0 && hidden && (sent.has('argument') || sent.has('request') || ownOf(sent).length > 0)) names.push('what it is handed');
  if (names.length === 0) return;
  const to = host !== undefined && (hidden || domainOf(host) !== undefined) ? host : hole;
  notes.add('credential-sent', sentText({ names, to, hidden, unnoticed: to !== hole && notes.isHushed(node) }), node);
}

/** What other files of the package are told to send, or give to be sent. */
function leaves(notes: Notes, sent: ReadonlySet<Tag>, host: string | undefined, node: Node): void {
  if (host === undefined || domainOf(host) === undefined) return;
  if (sent.has('argument')) notes.sends ??= host;
  const of = ownOf(sent);
  if (of.length > 0 && notes.outgoing.length < 50) notes.outgoing.push({ of, to: host, at: node.start ?? 0 });
}

function credentialsOf(sent: ReadonlySet<Tag>): string[] {
  const names = [...sent].flatMap((tag) => (tag === 'key-material' ? ['a secret key'] : tag.startsWith('credential ') ? [tag.slice(11)] : []));
  return names.sort().slice(0, 3);
}

export function readLookup(notes: Notes, node: Called, scope: Scope): void {
  const [first] = node.arguments;
  if (!first || first.type === 'SpreadElement') return;
  const tags = originOf(notes.evaluator, first, scope);
  const text = notes.evaluator.text(first, scope).text;
  if (credentialsOf(tags).length > 0 || [...tags].some((tag) => secrets.has(tag) || tag === 'secret-variable'))
    notes.add('dns-exfiltration', text, node);
  else notes.add('network', `name lookup of ${text}`, node);
}
/** What must not leave the machine. */
const secrets: ReadonlySet<Tag> = new Set<Tag>([
  'environment',
  'credential-file',
  'browser-data',
  'wallet-file',
  'key-material',
  'host',
  'clipboard',
  'file',
]);
export const tagWords: Partial<Record<Tag, string>> = {
  environment: 'the environment',
  'credential-file': 'credentials',
  'browser-data': 'browser data',
  'wallet-file': 'wallet files',
  'key-material': 'key material',
  host: 'facts about the host',
  file: 'contents of files',
  clipboard: 'the clipboard',
};
