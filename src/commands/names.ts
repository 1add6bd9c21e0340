/** `depward names`: what a name alone says. No registry, no age: anybody can measure it from outside. */
import { popularNames } from '../evidence/popular-names.ts';
import { printable } from '../model/text.ts';
import { inWords, listed, lookalikes, type Resemblance } from '../names/index.ts';
import { exit, type Io } from './io.ts';
import { noSuchFormat } from './options.ts';

export interface NamesOptions {
  /** `text` for people, `jsonl` for one JSON line a name. */
  readonly format?: string;
}

/** Lines kept before they are written: few writes for many names, and never much in memory. */
const batch = 1000;

const longestLine = 4096;

/** Compares the names given, or one on each line of stdin. */
export async function run(names: readonly string[], options: NamesOptions, io: Io): Promise<number> {
  const tell = tellerOf(options.format ?? 'text');
  let lines: string[] = [];
  const flush = () => {
    if (lines.length > 0) io.stdout(lines.join(''));
    lines = [];
  };
  for await (const name of names.length > 0 ? names : linesOf(io.stdin)) {
    lines.push(tell(name));
    if (lines.length >= batch) flush();
  }
  flush();
  return exit.allowed;
}

/** Lines end with a newline and with nothing else, so that one line in is one line out whatever the names hold. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let line = '';
  for await (const chunk of stream) {
    const [first = '', ...others] = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split('\n');
    line = extended(line, first);
    for (const other of others) {
      yield line.endsWith('\r') ? line.slice(0, -1) : line;
      line = extended('', other);
    }
  }
  if (line !== '') yield line;
}

/** No name is this long; what follows is dropped, so that a line without end takes no memory. */
function extended(line: string, more: string): string {
  return line.length > longestLine ? line : line + more.slice(0, longestLine);
}

function tellerOf(format: string): (name: string) => string {
  if (format === 'text') return asText;
  if (format === 'jsonl') return asJson;
  throw noSuchFormat(format, ['text', 'jsonl']);
}

function asJson(name: string): string {
  const [best] = lookalikes(name, popularNames());
  const accused = best !== undefined && best.tier !== 'none';
  return `${JSON.stringify({
    name,
    tier: best?.tier ?? 'none',
    target: accused ? best.target : null,
    classes: accused ? best.classes : [],
    score: best?.score ?? 0,
  })}\n`;
}

function asText(name: string): string {
  const corpus = popularNames();
  const own = listed(name, corpus);
  const near = lookalikes(name, corpus);
  const known = own === undefined ? 'not among the popular names' : `popular itself, with ${inWords(own)} downloads a month`;
  const head = `${printable(name, 220)}  ${known}\n`;
  return near.length === 0 ? `${head}  nothing popular is like it\n` : head + near.map(lineOf).join('');
}

const held: Readonly<Record<Resemblance['tier'], string>> = {
  none: 'too little to be held against it',
  warn: 'a warning',
  block: 'a warning, and with another fact a block',
};

function lineOf({ target, tier, score, classes, parts }: Resemblance): string {
  return `  like ${target}: ${held[tier]}\n    ${classes.join(', ')} · score ${score.toFixed(2)} · ${parts.join(', ')}\n`;
}
