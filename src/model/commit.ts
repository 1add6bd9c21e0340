/** Addresses that name a commit: what they hand out does not change. */

const archive =
  /^https:\/\/(?:[^/@]*@)?(?:www\.|codeload\.)?(?:github\.com|gitlab\.com|bitbucket\.org)\/[\w.-]+\/[\w.-]+\/(?:archive|tarball|tar\.gz|zipball|get|-\/archive)\/(?:[^#?]*[/-])?[0-9a-f]{40}(?:\.tar\.gz|\.tgz|\.zip)?(?:$|[#?])/;

/** True for the archive of one commit at a host that keeps repositories. */
export function isCommitArchive(address: string): boolean {
  return archive.test(address);
}

/** True for addresses at hosts that keep repositories, not packages. */
export function isRepositoryHost(address: string): boolean {
  return /^https?:\/\/(?:[^/@]*@)?(?:www\.|codeload\.)?(?:github\.com|gitlab\.com|bitbucket\.org)(?::\d+)?\//.test(address);
}
