/** The YAML parser, loaded when the first YAML text is read: it costs more than everything else a gate or a doctor loads. */
import { createRequire } from 'node:module';

type Parser = Pick<typeof import('yaml'), 'LineCounter' | 'isAlias' | 'isMap' | 'isScalar' | 'isSeq' | 'parseAllDocuments'>;

let parser: Parser | undefined;

/** The parser; at once, because rules on files are pure and wait for nothing. The build carries it within and puts in where. */
export function yamlParser(): Parser {
  parser ??= createRequire(import.meta.url)((globalThis as { depwardYaml?: string }).depwardYaml ?? 'yaml') as Parser;
  return parser;
}

/** Longest a run may spend in the parser, in milliseconds: honest repositories take a hundredth, made-up texts seconds each. */
const longest = 20_000;
let spent = 0;

/** What `parse` says, unless the texts before it took so long already that nobody should wait for more. */
export function withinTime<T>(parse: () => T): T | undefined {
  if (spent > longest) return undefined;
  const start = performance.now();
  try {
    return parse();
  } finally {
    spent += performance.now() - start;
  }
}
