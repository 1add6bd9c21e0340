/** Jenkinsfiles: Groovy, read as text for the shell steps and the credentials around them. */
import type { CiFile, CiVariable } from './ci-file.ts';
import { folderFrom } from './paths.ts';
import { commandsIn, scriptLines } from './script.ts';
import type { Untold } from './value.ts';

const shellStep =
  /\b(?:sh|bat|powershell|pwsh)\b\s*(?:\(\s*)?(?:(?:\[\s*)?(?:\w+\s*:\s*(?:true|false|'[^'\n]*'|"[^"\n]*")\s*,\s*)*script\s*:\s*)?(?:'''([\s\S]*?)'''|"""([\s\S]*?)"""|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")/g;
// `environment { NAME = 'value' }` and `withEnv(['NAME=value'])`.
const given = /^[ \t]*([A-Z][A-Z0-9_]*)\s*=\s*['"]([^'"\n]*)['"]\s*$|['"]([A-Z][A-Z0-9_]*)=([^'"\n]*)['"](?=\s*[,\]])/gm;
const bound = /\bvariable\s*:\s*['"](\w+)['"]|\b(?:password|username)Variable\s*:\s*['"](\w+)['"]|^[ \t]*(\w+)\s*=\s*credentials\s*\(/gm;

/** Reads every shell step as a step of one job. */
export function readJenkins(file: string, text: string): CiFile | Untold {
  const code = withoutComments(text);
  const lineAt = linesIn(code);
  const variables: CiVariable[] = [
    ...[...code.matchAll(bound)].map((found) => ({
      name: found[1] ?? found[2] ?? found[3] ?? '',
      value: '${{ secrets.credentials }}',
      line: lineAt(found.index + found[0].length - 1),
      scope: 'job' as const,
    })),
    ...[...code.matchAll(given)].map((found) => ({
      name: found[1] ?? found[3] ?? '',
      value: found[2] ?? found[4] ?? '',
      line: lineAt(found.index + found[0].length - 1),
      scope: 'job' as const,
    })),
  ];
  const folderAt = foldersIn(code);
  const stageAt = stagesIn(code);
  const steps = [...code.matchAll(shellStep)].map((found) => {
    const script = found[1] ?? found[2] ?? found[3] ?? found[4] ?? '';
    const line = lineAt(found.index + found[0].lastIndexOf(script));
    const stage = stageAt(found.index);
    return { line, commands: commandsIn(scriptLines(script, line)), folder: folderAt(found.index), variables, ...(stage !== undefined && { stage }) };
  });
  return { file, system: 'jenkins', events: new Set(), jobs: [{ name: 'pipeline', line: 1, steps }] };
}

const mostBlocks = 200;

/** Where a step runs: within `dir('…') { }` elsewhere; undefined where only Groovy would tell. */
function foldersIn(code: string): (offset: number) => string | undefined {
  const found = [...code.matchAll(/\bdir\s*(?:\(\s*)?(?:path\s*:\s*)?(?:(?:'([^'\n]*)'|"([^"\n]*)"|[^)\s{][^)\n{]{0,200})\s*)?(?:\)\s*)?\{/g)];
  // More of them than anybody writes: where a step runs cannot be told.
  if (found.length > mostBlocks) return () => undefined;
  const blocks = found.map((block) => ({
    start: block.index,
    end: endOfBlock(code, block.index + block[0].length),
    name: block[1] ?? block[2],
  }));
  return (offset) =>
    blocks
      .filter(({ start, end }) => start < offset && offset < end)
      .reduce<string | undefined>((folder, { name }) => (folder === undefined || name === undefined ? undefined : folderFrom(folder, name)), '');
}

/** The outermost `stage('…') { }` around a step, by where it begins. */
function stagesIn(code: string): (offset: number) => number | undefined {
  const found = [...code.matchAll(/\bstage\s*\(\s*(?:name\s*:\s*)?(?:'[^'\n]*'|"[^"\n]*"|\w{1,200})\s*\)\s*\{/g)];
  if (found.length > mostBlocks) return () => undefined;
  const blocks = found.map((block) => ({ start: block.index, end: endOfBlock(code, block.index + block[0].length) }));
  return (offset) => blocks.find(({ start, end }) => start < offset && offset < end)?.start;
}

function endOfBlock(code: string, start: number): number {
  let depth = 1;
  for (let at = start; at < code.length; at += 1) {
    if (code[at] === '{') depth += 1;
    else if (code[at] === '}' && --depth === 0) return at;
  }
  return code.length;
}

// A comment or a text, whichever begins first: `//` of an address and `/*` of a path are none. What is not closed ends with its line or the file.
const commentOrText = /'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?|\/\*[\s\S]*?(?:\*\/|(?![\s\S]))|(?<!:)\/\/.*/g;

// Comments become blanks, so that every line stays where it is.
function withoutComments(text: string): string {
  return text.replace(commentOrText, (found) => (found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found));
}

function linesIn(text: string): (offset: number) => number {
  let line = 1;
  let at = 0;
  return (offset) => {
    if (offset < at) {
      line = 1;
      at = 0;
    }
    for (; at < offset; at += 1) if (text.charCodeAt(at) === 10) line += 1;
    return line;
  };
}
