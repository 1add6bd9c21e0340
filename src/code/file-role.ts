/** What a file is for, by its path, its type and the words in it. */
import type { FileType } from '../model/contents.ts';

/** What makes a script that nothing leads to worth a closer look. */
export const standsOut =
  /child_process|createElement\s*\(\s*['\x22]script|['\x22]hex['\x22]|['\x22]base64['\x22]|createDecipher|_compile\b|\beval\s*\(|\bFunction\s*\(|\batob\b|fromCharCode|\.npmrc|\.ssh\b|\.aws\b|_0x[0-9a-f]{3}|(?:\\x[2-7][0-9a-f]){4}|process\s*\[|globalThis\s*\[|process\.env\b|ethereum|wallet|XMLHttpRequest|\bfetch\s*\(|require\s*\(\s*['"](?:node:)?(?:https?|net|dns|tls|dgram)['"]| {120}|(?:[\u200b-\u200d\u202a-\u202e\u2060-\u2069]|[\ufe00-\ufe0e]){2}/i;

/** Files of the developers that nobody imports. */
export function isAside(path: string): boolean {
  return /(^|\/)(test|tests|__tests__|spec|examples?|docs?|bench|benchmarks?|fixtures?|scripts|tools|coverage)\/|\.(test|spec|config|stories)\.[cm]?js$|(^|\/)(gulpfile|gruntfile|karma\.conf)/i.test(
    path,
  );
}

/** Files that pages load by address. */
export function isBundle(path: string): boolean {
  return (
    !isAside(path) &&
    (/(^|\/)(dist|lib|umd|browser|web|cjs|esm|es|build|min)\//.test(path) || /[.-](min|umd|bundle|web|browser)\.[cm]?js$/.test(path))
  );
}

/** True for what can run. */
export function isCode(type: FileType | undefined): boolean {
  return (
    type === 'javascript' ||
    type === 'typescript' ||
    type === 'shell' ||
    type === 'powershell' ||
    type === 'batch' ||
    type === 'python' ||
    type === 'executable' ||
    type === 'wasm'
  );
}

/** Names under which nobody expects a program. */
export function isScriptName(path: string): boolean {
  return /\.(js|cjs|mjs|ts|json|txt|md|html|css)$/.test(path);
}
