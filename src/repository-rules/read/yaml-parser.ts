/** The YAML parser, loaded when the first YAML text is read: its eighty files cost more than everything else a gate loads. */
import { createRequire } from 'node:module';

type Parser = typeof import('yaml');

let parser: Parser | undefined;

/** The parser; at once, because rules on files are pure and wait for nothing. */
export function yamlParser(): Parser {
  parser ??= createRequire(import.meta.url)('yaml') as Parser;
  return parser;
}
