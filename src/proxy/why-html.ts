/** The proxy's answers as a page for people: no script, no picture, nothing from anywhere else. Words of strangers are text, never markup. */
import { createHash } from 'node:crypto';
import { printable } from '../model/text.ts';
import { type Instant, isoOf } from '../model/time.ts';
import type { Judgement } from './verdict.ts';

/** One version on a page. */
export interface WhyEntry {
  readonly name: string;
  readonly judgement: Judgement;
  readonly instead?: string | undefined;
}

export interface WhyPage {
  readonly title: string;
  /** One sentence under the title. */
  readonly lead: string;
  readonly entries: readonly WhyEntry[];
  /** How clients reach the proxy, ending in `/`. */
  readonly base: string;
}

const style = `:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--line:#d5dae0;--no:#b3261e;--but:#8a5a00;--yes:#1a6b3c}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#9aa4af;--paper:#15181c;--line:#333a42;--no:#ff8a80;--but:#f0b95a;--yes:#7fd6a2}}
body{margin:0 auto;max-width:44rem;padding:1.5rem 1rem 3rem;font:1.0625rem/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .4rem}
h2{font-size:1.1rem;margin:0}
p{margin:.4rem 0}
.soft,dt{color:var(--soft)}
section{border-top:1px solid var(--line);margin-top:1.4rem;padding-top:1.1rem}
.block{color:var(--no)}.warn{color:var(--but)}.allow{color:var(--yes)}
ul{padding-left:1.2rem;margin:.6rem 0}
li{margin:.35rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.6rem 0 0}
dd{margin:0}
code{font:.95em ui-monospace,monospace}
a{color:inherit}
@media(max-width:30rem){dl{display:block}dd{margin-bottom:.4rem}}`;

/** The header that lets a browser take nothing but this page and its own style. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The page. */
export function whyHtml({ title, lead, entries, base }: WhyPage): string {
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">`,
    `<title>${safe(title)} - depward</title><style>${style}</style></head><body>`,
    `<h1>${safe(title)}</h1><p class="soft">${safe(lead)}</p>`,
    ...entries.map((entry) => section(entry, entries.length > 1 || title !== headline(entry))),
    `<section class="soft"><p><a href="${safe(base)}-/depward/withheld">Everything withheld so far</a></p>`,
    `<p>What a rule is for: <code>depward explain RULE</code>. An exception, with owner, reason and expiry: <code>depward waive</code>.</p></section>`,
    '</body></html>\n',
  ].join('\n');
}

/** `left@1.0.1 is withheld` */
export function headline({ name, judgement }: WhyEntry): string {
  const word = { allow: 'is allowed', warn: 'is allowed, with warnings', block: 'is withheld' }[judgement.action];
  return `${name}@${judgement.version} ${word}`;
}

function section(entry: WhyEntry, titled: boolean): string {
  const { judgement, instead, name } = entry;
  const reasons = judgement.because.map(
    (reason) => `<li><strong class="${reason.action}"><code>${safe(reason.ruleId)}</code></strong> ${safe(reason.message)}</li>`,
  );
  const facts = [
    ...(instead === undefined ? [] : [['Take instead', `<code>${safe(`${name}@${instead}`)}</code>`]]),
    ...(judgement.allowedFrom === undefined ? [] : [['Allowed from', `<time>${safe(readable(judgement.allowedFrom))}</time>`]]),
    ...(judgement.complete
      ? []
      : [['Not complete', 'something that should be known of it could not be had; it is asked for again with the next request']]),
  ];
  return [
    '<section>',
    titled ? `<h2 class="${judgement.action}">${safe(headline(entry))}</h2>` : '',
    reasons.length > 0 ? `<ul>${reasons.join('')}</ul>` : '<p>Nothing speaks against it.</p>',
    facts.length > 0 ? `<dl>${facts.map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`).join('')}</dl>` : '',
    '</section>',
  ].join('');
}

/** `2026-11-26 04:48 UTC` */
export function readable(at: Instant): string {
  return `${isoOf(at).slice(0, 16).replace('T', ' ')} UTC`;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function safe(text: string): string {
  return printable(text, 800).replace(/[&<>"']/g, (sign) => escapes[sign] ?? '');
}
