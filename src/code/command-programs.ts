/** Programs that run scripts, and package managers: which files, which code, which scripts of package.json. */

import { type InlineCode, runFile, type Sink } from './command-facts.ts';
import { fetchedToKeep, fetchedToRun } from './fetched-packages.ts';
import { hostOf } from './places.ts';
import type { Word } from './shell.ts';

const inlineFlags = /^(-e|-p|-pe|-c|-r|--eval|--print|eval)$/;

export const scriptRunners: ReadonlyMap<string, InlineCode['language']> = new Map([
  ...'node nodejs bun deno ts-node tsx electron'.split(' ').map((name) => [name, 'javascript'] as const),
  // Not parsed, only read as tokens: one kind of script for all of them.
  ...'python python2 python3 py osascript perl ruby php'.split(' ').map((name) => [name, 'python'] as const),
]);

export function readPowershell(rest: readonly Word[], sink: Sink): void {
  const at = rest.findIndex((word) => /^[-/](e|ec|en.*|f|fi.*|c|co.*)$/i.test(word.text));
  const flag = rest[at]?.text.slice(1).toLowerCase() ?? '';
  const value = rest
    .slice(at + 1)
    .map((word) => word.text)
    .join(' ');
  const file = flag.startsWith('f') ? rest[at + 1] : at < 0 ? rest.find((word) => /\.ps1$/i.test(word.text)) : undefined;
  if (file) {
    runFile(file.text, sink);
    return;
  }
  if (flag.startsWith('e')) {
    const code = Buffer.from(value, 'base64').toString('utf16le');
    sink.does('decode-execute', 'powershell -EncodedCommand');
    sink.inline.push({ language: 'powershell', code });
  } else sink.inline.push({ language: 'powershell', code: at >= 0 ? value : rest.map((word) => word.text).join(' ') });
}

export function readRunner(name: string, language: InlineCode['language'], rest: readonly Word[], sink: Sink): void {
  for (let at = 0; at < rest.length; at++) {
    const text = rest[at]?.text ?? '';
    if (inlineFlags.test(text) && !(text === '-r' && language === 'javascript')) {
      sink.inline.push({ language, code: rest[at + 1]?.text ?? '' });
      return;
    }
    if (/^(-r|--require|--import|--loader|--experimental-loader)$/.test(text)) runFile(rest[++at]?.text, sink);
    else if (/^--(require|import|loader)=/.test(text)) runFile(text.slice(text.indexOf('=') + 1), sink);
    else if (/^(-P|--project|--tsconfig|-C|--conditions|-m)$/.test(text)) at++;
    else if (!text.startsWith('-') && !(text === 'run' && (name === 'deno' || name === 'bun'))) {
      if (hostOf(text)) sink.does('remote-code', `${name} ${text}`);
      runFile(text, sink);
      return;
    }
  }
  if (name !== 'node' && name !== 'nodejs') sink.tools.push(name);
}

export function readManager(name: string, rest: readonly Word[], sink: Sink): void {
  const words = rest.filter((word) => !word.text.startsWith('-')).map((word) => word.text);
  const [verb = name === 'yarn' ? 'install' : '', ...args] = words;
  if (verb === 'publish' || (verb === 'npm' && args[0] === 'publish')) {
    sink.does('self-publish', `${name} publish`);
    return;
  }
  if (verb === 'token' || verb === 'whoami' || (verb === 'config' && /get|list|ls/.test(args[0] ?? ''))) {
    sink.does('credential-file', `${name} ${verb}`);
    return;
  }
  if (verb === 'run' || verb === 'run-script') {
    if (args[0]) sink.scripts.push(args[0]);
  } else if (/^(exec|x|dlx)$/.test(verb)) {
    sink.fetches.push(...fetchedToRun(rest.slice(rest.findIndex(({ text }) => text === verb) + 1)));
    sink.tools.push(args[0] ?? name);
  } else if (/^(i|in|ins|inst|install|add|global)$/.test(verb) && (args.length > 0 || verb === 'global')) {
    sink.fetches.push(...fetchedToKeep(verb === 'global' ? args.slice(1) : args));
    sink.does('package-install', `${name} ${rest.map((word) => word.text).join(' ')}`);
  } else if (/^(start|test|stop|restart)$/.test(verb)) sink.scripts.push(verb);
  else if (name === 'yarn' && !/^(install|link|unlink|config|cache|dedupe|patch)$/.test(verb)) sink.scripts.push(verb);
  else sink.tools.push(name);
}
