/** Values that a CI system or a shell fills in. */

/** True when something of the text is filled in later. */
export function isExpression(text: string): boolean {
  return /\$\{\{|\$\(|\$\{?[A-Za-z_]|<<|\{\{|%\w+%/.test(text);
}

/** The secret an expression names: `${{ secrets.NPM_TOKEN }}`. */
export function secretIn(text: string): string | undefined {
  return /\$\{\{[^}]*?\bsecrets(?:\.|\[\s*['"])(\w+)/.exec(text)?.[1];
}

/** Names of variables and secrets that hold a credential of a registry. */
export function isRegistryToken(name: string): boolean {
  return /^(?:(?:npm|node|pnpm|yarn|bun)[_-].*(?:token|auth|password|passwd|secret|pat)|(?:npm|pnpm|yarn|bun|node)(?:token|auth|authtoken|password)|.*npm[_-]?(?:auth[_-]?)?token|.*npmrc|yarn_npm_auth_ident|npm_auth|jfrog.*(?:token|password)|artifactory.*(?:token|password|api_?key))$/i.test(
    name,
  );
}
