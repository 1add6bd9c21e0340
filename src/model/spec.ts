/** Dependency specs as manifests write them. */

/** How a spec leaves the registry, or undefined when it stays on it. */
export function remoteKind(spec: string): 'git' | 'remote' | 'file' | undefined {
  const text = spec.trim();
  if (/^(git[+:@]|git\+\w+:|ssh:|gist:|github:|gitlab:|bitbucket:|[^@/\s]+@[^/\s:]+:)/i.test(text)) return 'git';
  if (/^https?:/i.test(text)) return /\.git(#|$)/i.test(text) ? 'git' : 'remote';
  if (/^(file:|\.{1,2}[/\\]|[/\\]|~\/|[a-z]:[/\\])/i.test(text)) return 'file';
  // `user/repo` is a short form of a repository; ranges and tags hold no slash, aliases and protocols hold a colon.
  return /^[\w.-]+\/[\w.-]+(#.*)?$/.test(text) ? 'git' : undefined;
}
