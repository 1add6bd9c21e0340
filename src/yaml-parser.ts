/** The YAML parser, loaded when the first YAML text is read: it costs more than everything else a gate or a doctor loads. */
import { createRequire } from 'node:module';

type Parser = Pick<typeof import('yaml'), 'LineCounter' | 'isAlias' | 'isMap' | 'isScalar' | 'isSeq' | 'parseAllDocuments'>;

let parser: Parser | undefined;

/** The parser; at once, because rules on files are pure and wait for nothing. The build carries it within and puts in where. */
export function yamlParser(): Parser {
  parser ??= createRequire(import.meta.url)((globalThis as { depwardYaml?: string }).depwardYaml ?? 'yaml') as Parser;
  return parser;
}
