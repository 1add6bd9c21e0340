/** Scripts that are not JavaScript: shell through its parser, batch line by line. */
import { batchReader } from './batch.ts';
import { commandFacts, lineReader, scriptFacts } from './command.ts';
import type { CommandFacts, InlineCode } from './command-facts.ts';
import type { Spotted } from './js/notes.ts';

export interface OtherFacts {
  readonly spotted: readonly Spotted[];
  readonly files: readonly string[];
  readonly inline: readonly InlineCode[];
}

type Kind = Spotted['kind'];

const mostLines = 5000;
const longestLine = 20_000;

/** Nobody writes commands so but to hide them. */
const spelled = 'commands spelled from letters of variables';

/** Reads a shell script as a whole, and a batch script line by line. */
export function readShellScript(source: string, isBatch: boolean): OtherFacts {
  return isBatch ? readBatchScript(source) : readPosixScript(source);
}

/** A class because the same is told once. */
class Told {
  readonly spotted: Spotted[] = [];
  readonly files: string[] = [];
  readonly inline: InlineCode[] = [];
  readonly #seen = new Set<string>();

  add(kind: Kind, detail: string, at: number, readAs: Spotted['readAs'] = 'written'): void {
    if (this.#seen.has(`${kind} ${detail}`)) return;
    this.#seen.add(`${kind} ${detail}`);
    this.spotted.push({ kind, detail, at, readAs });
  }

  take(facts: CommandFacts, at: number, readAs: Spotted['readAs'] = 'written'): void {
    for (const doing of facts.doings) this.add(doing.kind, doing.detail, at, readAs);
    this.started(facts);
  }

  started(facts: CommandFacts): void {
    this.files.push(...facts.files);
    this.inline.push(...facts.inline);
  }

  done(): OtherFacts {
    return { spotted: this.spotted, files: [...new Set(this.files)], inline: this.inline };
  }
}

function readBatchScript(source: string): OtherFacts {
  const told = new Told();
  const readBatch = batchReader();
  const read = lineReader();
  let at = 0;
  for (const line of source.split('\n', mostLines)) {
    const batch = readBatch(line);
    if (batch.spelled) told.add('decode-execute', spelled, at);
    told.take(read(batch.text.slice(0, longestLine)), at, batch.spelled ? 'decoded' : 'written');
    at += line.length + 1;
  }
  return told.done();
}

/**
 * The script as a shell reads it, with what its variables and functions mean; and each line by itself, because a quote that this parser
 * takes for open must not hide what comes after it. Of the lines only kinds count that the whole did not show, and hosts.
 */
function readPosixScript(source: string): OtherFacts {
  const told = new Told();
  const { facts, texts } = scriptFacts(source);
  for (const { kind, detail, at = 0 } of facts.doings) told.add(kind, detail, at);
  told.started(facts);
  const kinds = new Set(facts.doings.map(({ kind }) => kind));
  let at = 0;
  for (const line of source.split('\n', mostLines)) {
    const start = at;
    at += line.length + 1;
    if (texts.has(line)) continue;
    const alone = commandFacts(line.slice(0, longestLine));
    for (const { kind, detail } of alone.doings)
      if (!kinds.has(kind) || (kind === 'network' && detail.includes('.') && !detail.includes('…'))) told.add(kind, detail, start);
    told.started(alone);
  }
  return told.done();
}
