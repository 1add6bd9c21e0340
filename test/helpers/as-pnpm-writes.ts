/** The fixtures tell why a package is deprecated behind its peers, to be different from pnpm; here they are as pnpm writes them. */
export function asPnpmWrites(text: string): string {
  return text.replace(
    /((?: {4}peerDependencies:\n(?: {6}.*\n)+)?(?: {4}dependencies:\n(?: {6}.*\n)+)?)( {4}deprecated: \|-\n(?: {6}.*\n|\n(?= {6}))+)/,
    '$2$1',
  );
}
