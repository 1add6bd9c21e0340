/** Capabilities in the words of reports. Pure. */
import type { Capability, CapabilityKind } from './contents.ts';
import { printable } from './text.ts';

const words: Readonly<Record<CapabilityKind, string>> = {
  network: 'talks to',
  exfiltration: 'sends',
  'credential-sent': 'sends what it is given:',
  'desktop-file': 'writes',
  'dns-exfiltration': 'hides data in a name lookup:',
  process: 'starts',
  'dynamic-code': 'runs text as code:',
  'decode-execute': 'decodes and runs:',
  'remote-code': 'runs what it fetched:',
  'download-execute': 'fetches and starts:',
  download: 'fetches',
  'credential-file': 'names',
  'credential-env': 'reads the variable',
  environment: 'takes the whole environment:',
  'browser-data': 'names',
  'wallet-file': 'names',
  persistence: 'names a place that is run again later:',
  'agent-config': 'names',
  'ci-config': 'names',
  'wallet-hook': 'uses the wallet of the page:',
  'page-hook': 'replaces',
  clipboard: 'uses the clipboard:',
  'self-publish': 'publishes:',
  'secret-scanner': 'uses a',
  'runtime-download': 'fetches',
  'package-install': 'installs:',
  'package-tamper': 'rewrites',
  destructive: 'does harm with',
  gated: 'looks at',
  'native-load': 'loads native code:',
  blockchain: 'asks a',
  messenger: 'posts to a',
  mining: 'names a',
  'script-injection': 'adds a script to the page from',
  'page-data': 'reads',
  'address-table': 'holds',
  'embedded-secret': 'holds a credential:',
};

/** A capability in a few words, such as `talks to host.example`. */
export function capabilityText({ kind, detail }: Pick<Capability, 'kind' | 'detail'>): string {
  if (detail.startsWith('module ') && kind === 'process') return `can start programs: ${printable(detail, 80)}`;
  if (detail.startsWith('module ') && kind === 'network') return `can talk to hosts: ${printable(detail, 80)}`;
  if (detail.endsWith(', written') && /^(names|rewrites|writes)/.test(words[kind])) return `writes ${printable(detail.slice(0, -9), 80)}`;
  if (detail.endsWith(', read') && words[kind] === 'names') return `reads ${printable(detail.slice(0, -6), 80)}`;
  return `${words[kind]} ${printable(detail, 80)}`;
}

/** How it was seen, and when it runs: `(encoded, when it is called)`. */
export function mannerText({ readAs, waits, reach }: Capability): string {
  const how = { written: '', assembled: 'put together', decoded: 'encoded', tokens: 'read as tokens only' }[readAs];
  const told = [how, waits && reach !== 'bin' ? 'when it is called' : ''].filter((part) => part !== '');
  return told.length > 0 ? ` (${told.join(', ')})` : '';
}

/** A capability with its place, for facts: `index.js:3 talks to host.example`. */
export function placedText(found: Capability): string {
  const how = found.readAs === 'decoded' ? ' (encoded)' : found.readAs === 'assembled' ? ' (put together)' : '';
  const when = found.waits && found.reach !== 'bin' ? ' (when it is called)' : '';
  return `${printable(found.file, 80)}:${found.line} ${capabilityText(found)}${how}${when}`;
}
