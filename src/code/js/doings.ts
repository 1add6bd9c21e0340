/** Everything calling a path means, looked up once for each path: the same few names come again and again. */
import { decodes, runsCode, startsProgram, talks, tellsOfHost, touchesFile } from './apis.ts';

export interface Doings {
  readonly program: 'line' | 'words' | 'script' | undefined;
  readonly runsCode: boolean;
  readonly talks: boolean;
  readonly touches: 'read' | 'write' | 'delete' | 'copy' | undefined;
  readonly decodes: boolean;
  readonly tellsOfHost: boolean;
  /** Makes one text of all of an object. */
  readonly gathers: boolean;
  /** What else is looked at closer, by one word. */
  readonly also:
    | 'require'
    | 'pipe'
    | 'timer'
    | 'lookup'
    | 'native'
    | 'clipboard'
    | 'write-page'
    | 'define'
    | 'publish'
    | 'register'
    | 'program'
    | 'session'
    | undefined;
  /** False for the many calls that mean nothing. */
  readonly matters: boolean;
}

const most = 20_000;
const longest = 300;
const known = new Map<string, Doings>();

/** What calling a path does. */
export function doingsOf(path: string): Doings {
  const held = known.get(path);
  if (held) return held;
  const found = look(path);
  if (known.size >= most) known.clear();
  if (path.length <= longest) known.set(path, found);
  return found;
}

function look(path: string): Doings {
  const found = {
    program: startsProgram(path),
    runsCode: runsCode(path),
    talks: talks(path),
    touches: touchesFile(path),
    gathers:
      /^(JSON\.stringify|Object\.(keys|entries|values)|structuredClone|URLSearchParams)$/.test(path.slice(1)) ||
      /^(querystring#stringify|util#inspect|qs#stringify)$/.test(path),
    also: alsoOf(path),
  };
  const matters = Boolean(found.program ?? found.touches ?? found.also) || found.runsCode || found.talks || found.gathers;
  return { ...found, matters, decodes: decodes(path), tellsOfHost: tellsOfHost(path) };
}

function alsoOf(path: string): Doings['also'] {
  if (path === '#require' || path === 'module#_load' || path === '#require.resolve') return 'require';
  if (path === 'module#register' || path === 'module#registerHooks') return 'register';
  if (/^cluster#setup(Primary|Master)$/.test(path)) return 'program';
  if (/^inspector#Session\.post$|^#inspector\.Session\.post$/.test(path)) return 'session';
  if (/(^|[.#])(pipeline|pipe|pipeTo)$/.test(path)) return 'pipe';
  if (/^#(setTimeout|setInterval|setImmediate)$/.test(path)) return 'timer';
  if (/^dns#(\w+\.)?(lookup|resolve\w*|reverse)/.test(path)) return 'lookup';
  if (/^#process\.dlopen$|^(ffi-napi|ref-napi|koffi|ffi|node-ffi)#/.test(path)) return 'native';
  if (/^clipboardy#|^#navigator\.clipboard\.(read|write)/.test(path)) return 'clipboard';
  if (/^#document\.(write|writeln)$/.test(path)) return 'write-page';
  if (path === '#Object.defineProperty' || path === '#Reflect.defineProperty') return 'define';
  return path.startsWith('libnpmpublish#') ? 'publish' : undefined;
}
