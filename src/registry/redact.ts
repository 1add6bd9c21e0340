/** Errors of the network made into sentences that cannot hold a token. */

/** A URL without user, password, query and fragment; short text for what is none. */
export function safeUrl(text: string): string {
  if (!URL.canParse(text)) return '(not a URL)';
  const url = new URL(text);
  return `${url.origin === 'null' ? url.protocol : url.origin}${url.pathname}`;
}

const byCode: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name cannot be resolved',
  EAI_AGAIN: 'its host name cannot be resolved now',
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'it closed the connection',
  ETIMEDOUT: 'it did not answer in time',
  ECONNECTIONTIMEOUT: 'it did not answer in time',
  ERESPONSETIMEOUT: 'it did not answer in time',
  EIDLETIMEOUT: 'it stopped sending',
  ETRANSFERTIMEOUT: 'it stopped sending',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EMAXREDIRECT: 'it redirects in circles',
  EINVALIDREDIRECT: 'it redirects nowhere',
  Z_DATA_ERROR: 'its answer is damaged',
  MODULE_NOT_FOUND: 'a package that depward needs to reach it is not installed',
  ERR_MODULE_NOT_FOUND: 'a package that depward needs to reach it is not installed',
  EENCODING: 'its answer is packed in a way nobody asked for',
  Z_BUF_ERROR: 'its answer is cut off',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (npm config cafile)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed (npm config cafile)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified (npm config cafile)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate cannot be verified (npm config cafile)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** What went wrong, in words of our own: messages of libraries may quote URLs and headers. */
export function networkTrouble(error: unknown): string {
  const code = codeOf(error);
  const type = memberOf(error, 'type');
  if (type === 'request-timeout' || type === 'body-timeout') return 'it did not answer in time';
  if (code !== undefined && Object.hasOwn(byCode, code)) return ofProxy(byCode[code] ?? '', memberOf(error, 'behind'));
  // Brotli's own: dozens of them.
  if (code?.startsWith('ERR__ERROR_')) return 'its answer is damaged';
  return code !== undefined && /^[A-Z][A-Z0-9_]{2,50}$/.test(code) ? `the request failed (${code})` : 'the request failed';
}

/** `it refuses connections`, of the proxy that was asked instead of the registry. */
function ofProxy(sentence: string, proxy: unknown): string {
  if (typeof proxy !== 'string') return sentence;
  return sentence.startsWith('it ') ? `the proxy ${safeUrl(proxy)}${sentence.slice(2)}` : `the proxy ${safeUrl(proxy)}: ${sentence}`;
}

/** The `code` of an error or of what caused it. */
export function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at !== undefined && depth < 5; at = memberOf(at, 'cause'), depth += 1) {
    const code = memberOf(at, 'code');
    if (typeof code === 'string') return code;
  }
  return undefined;
}

/** The HTTP status an error of npm's client carries. */
export function statusOf(error: unknown): number | undefined {
  const status = memberOf(error, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** A member of whatever was thrown. */
export function memberOf(thrown: unknown, name: string): unknown {
  return typeof thrown === 'object' && thrown !== null && name in thrown ? (thrown as Record<string, unknown>)[name] : undefined;
}

/** A status of the registry as a sentence. */
export function statusTrouble(status: number): string {
  if (status === 401) return 'the registry wants other credentials (401)';
  if (status === 403) return 'the registry refuses access (403)';
  if (status === 407) return 'the proxy on the way to the registry wants other credentials (407)';
  if (status === 429) return 'the registry asks us to slow down (429)';
  return status >= 500 ? `the registry is in trouble (${status})` : `the registry answered ${status}`;
}
