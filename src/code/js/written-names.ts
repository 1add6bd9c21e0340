/** What the names in a script say of where its values come from: files, requests, headers. */
import { type CallNode, isCall } from './nodes.ts';
import { isOwnSpecifier, reachOf } from './own-ref.ts';

/** What servers call a request, and where the words of who asks stand in it. */
export function isBrought(name: string, key: string): boolean {
  return /^_?(req|request|ctx|context|msg|socket)$/.test(name) && /^(headers|query|body|params|cookies|rawHeaders)$/.test(key);
}

/** Headers by which requests are allowed in. */
export function isCredentialHeader(name: string): boolean {
  return /^(authorization|proxy-authorization|x-api-key|x-auth-token)$/i.test(name);
}

/** `require('./file')`. */
export function requiredFile({ callee, arguments: [first] }: CallNode): string | undefined {
  if (callee.type !== 'Identifier' || !/require\d*$/.test(callee.name) || first?.type !== 'Literal') return undefined;
  return typeof first.value === 'string' && isOwnSpecifier(first.value) ? first.value : undefined;
}

/** `__importStar(require('./file'))`, `_interopRequireDefault(require('./file'))`. */
export function passesOn({ callee, arguments: [first] }: CallNode): boolean {
  const name = callee.type === 'MemberExpression' ? callee.property : callee;
  return (
    name.type === 'Identifier' &&
    /^_*(interop|import|to)/i.test(name.name) &&
    first !== undefined &&
    isCall(first) &&
    requiredFile(first) !== undefined
  );
}

/** Names that were taken apart, and those taken of what came out. */
export function reached(path: readonly string[], taken: string): string {
  return path.reduceRight((rest, key) => reachOf(key, rest), taken);
}

/** `request.getHeader('authorization')`, `headers.get('cookie')`. */
export function askedHeader({ callee, arguments: [first] }: CallNode): string | undefined {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return undefined;
  if (!/^(get|getHeader|header)$/.test(callee.property.name) || first?.type !== 'Literal') return undefined;
  return typeof first.value === 'string' ? first.value : undefined;
}
