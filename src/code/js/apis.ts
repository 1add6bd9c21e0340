/** Which modules and globals give which capability. Paths as the evaluator writes them: `module#member`, `#global.member`. */

/** Modules whose calls talk to hosts. */
const networkModules = new Set(
  'http https http2 net tls dgram undici axios node-fetch node-fetch-native cross-fetch isomorphic-fetch got request request-promise request-promise-native needle superagent phin bent ky ky-universal wretch ofetch follow-redirects make-fetch-happen npm-registry-fetch minipass-fetch ws socket.io-client websocket faye-websocket isomorphic-ws engine.io-client nodemailer emailjs ssh2 ftp basic-ftp download node-downloader-helper @octokit/rest @octokit/core @octokit/request octokit discord.js discord-webhook-node node-telegram-bot-api telegraf @slack/webhook @slack/web-api simple-get centra unirest urllib gaxios teeny-request sync-request then-request sync-fetch'.split(
    ' ',
  ),
);

const notTalking =
  /^(createServer|createSecureServer|Server|Agent|globalAgent|STATUS_CODES|METHODS|isIP|isIPv4|isIPv6|validateHeader\w*|Headers|FormData|Request|Response|isAxiosError|AxiosError|CancelToken|create|extend|defaults.*|interceptors.*|setGlobalDispatcher|getGlobalDispatcher|HTTPError|maxHeaderSize|checkServerIdentity|createSecureContext|rootCertificates|getCACertificates|setDefaultCACertificates|getCiphers|BlockList|SocketAddress|WebSocketServer|constants.*|default.*|TimeoutError|Socket\.prototype.*|\w+Error|prototype.*|OutgoingMessage.*|ServerResponse.*|IncomingMessage.*|ClientRequest\.prototype.*)$/;

const networkGlobals =
  /^#(fetch|XMLHttpRequest|WebSocket|EventSource|WebTransport|RTCPeerConnection|navigator\.sendBeacon|\$\.(ajax|get|post|getJSON)|jQuery\.(ajax|get|post|getJSON)|Bun\.(connect|udpSocket)|Deno\.connect\w*)(?=[.(]|$)/;

/** True when calling this talks to a host. */
export function talks(path: string): boolean {
  if (path.startsWith('#')) return networkGlobals.test(path);
  const at = path.indexOf('#');
  return networkModules.has(path.slice(0, at)) && !notTalking.test(path.slice(at + 1));
}

/** True for modules that are about talking to hosts. */
export function isNetworkModule(name: string): boolean {
  return networkModules.has(name);
}

/** How a path starts programs: through a shell (one line), with a list of words, or by running a file of JavaScript. */
export function startsProgram(path: string): 'line' | 'words' | 'script' | undefined {
  // Templates that are shells of their own.
  if (/^(#Bun\.|bun#|zx#|dax-sh#|@david\/dax#)\$$/.test(path)) return 'line';
  const found =
    /^(child_process|cross-spawn|execa|shelljs|spawn-sync|cross-env|zx|tinyexec|nano-spawn|spawn-command|promisify-child-process)#(.*)$/.exec(path);
  if (found) return found[1] === 'child_process' ? childProcess(found[2] ?? '') : programModule(found[1] ?? '', found[2] ?? '');
  if (/^(#Bun\.|bun#)(spawn|spawnSync)$/.test(path) || /^#Deno\.(Command|run)$/.test(path)) return 'words';
  if (/^worker_threads#Worker$|^cluster#fork$|^#(Shared)?Worker$/.test(path)) return 'script';
  return /^#process\.binding$|^#process\._linkedBinding$/.test(path) ? 'words' : undefined;
}

function childProcess(member: string): 'line' | 'words' | 'script' | undefined {
  if (member === 'exec' || member === 'execSync') return 'line';
  if (member === 'fork') return 'script';
  return /^(spawn|spawnSync|execFile|execFileSync|_forkChild)$/.test(member) ? 'words' : undefined;
}

function programModule(module: string, member: string): 'line' | 'words' | undefined {
  if (module === 'shelljs') return member === 'exec' ? 'line' : undefined;
  if (/command|Shell/i.test(member)) return 'line';
  return 'words';
}

/** Names of members that only child processes have, for objects that could not be followed. */
export const processMembers = new Set('execSync spawnSync execFileSync execFile'.split(' '));

/** True when the argument of a call is run as code. */
export function runsCode(path: string): boolean {
  return (
    /^(#eval|#Function|#AsyncFunction|#GeneratorFunction|#execScript|vm#(runIn(This|New)?Context|Script|compileFunction|SourceTextModule|SyntheticModule)|#importScripts|#module\._compile|module#(_compile|prototype\._compile)|#require\.extensions.*|#WebAssembly\.(instantiate|compile|Module))$/.test(
      path,
    ) && !path.startsWith('#WebAssembly')
  );
}

/** What a file system call does with its first path. */
export function touchesFile(path: string): 'read' | 'write' | 'delete' | 'copy' | undefined {
  const member = /^(fs|fs-extra|graceful-fs|fs-jetpack|jsonfile|#Bun|#Deno)[#.](.*)$/.exec(path)?.[2];
  if (member === undefined) return /^(rimraf|del)#/.test(path) ? 'delete' : undefined;
  if (
    /^(readFile|readFileSync|createReadStream|open|openSync|readdir|readdirSync|readJson|readJsonSync|readJSON|readTextFile|file|existsSync|exists|stat|statSync|access|accessSync|readlink|opendir)$/.test(
      member,
    )
  )
    return 'read';
  if (
    /^(writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|outputFile|outputFileSync|outputJson\w*|writeJson\w*|writeTextFile|write|mkdir|mkdirSync|symlink|symlinkSync)$/.test(
      member,
    )
  )
    return 'write';
  if (/^(rm|rmSync|rmdir|rmdirSync|unlink|unlinkSync|remove|removeSync|emptyDir|emptyDirSync)$/.test(member)) return 'delete';
  return /^(copyFile|copyFileSync|cp|cpSync|copy|copySync|rename|renameSync|move|moveSync)$/.test(member) ? 'copy' : undefined;
}

/** True when calling this undoes an encoding, compression or encryption. */
export function decodes(path: string): boolean {
  return /^(#atob|#unescape|#decodeURIComponent|#decodeURI|#String\.from(CharCode|CodePoint)(\.apply|\.call)?|zlib#(gunzip|inflate|unzip|brotliDecompress|inflateRaw|zstdDecompress)(Sync)?|zlib#create(Gunzip|Inflate|Unzip|BrotliDecompress|InflateRaw)|crypto#(createDecipher|createDecipheriv|privateDecrypt|publicDecrypt)|#crypto\.subtle\.decrypt|crypto#(webcrypto\.)?subtle\.decrypt|#CryptoJS\.(AES|DES|TripleDES|RC4|Rabbit)\.decrypt|crypto-js#(AES|DES|TripleDES|RC4|Rabbit)\.decrypt|pako#(inflate|ungzip|inflateRaw)|lz-string#\w*decompress\w*|lzma#decompress|#DecompressionStream|fflate#\w*(inflate|gunzip|unzlib)\w*)/i.test(
    path,
  );
}

/** Facts about the machine and its owner; platform and the like only say which program fits. */
export function tellsOfHost(path: string): boolean {
  return /^os#(hostname|userInfo|networkInterfaces)$/.test(path);
}
