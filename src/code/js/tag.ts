/** What values are made of, as far as it matters. */

/** What a value was made of. */
export type Tag =
  | 'network'
  | 'decoded'
  /** What stands in the memory of a WebAssembly module. */
  | 'wasm'
  | 'file'
  /** A name found in a folder. */
  | 'listing'
  /** What stands in a file of the package that is no script by its ending. */
  | 'innocent-file'
  /** The folder of the project. */
  | 'project'
  /** A folder by the way to it: of the project, where that of the file is not in it as well. */
  | 'relative'
  /** The folder of this very file. */
  | 'own-folder'
  /** A place in another package. */
  | 'other-package'
  | 'environment'
  | 'secret-variable'
  | 'credential-file'
  | 'browser-data'
  | 'wallet-file'
  | 'key-material'
  /** A credential somebody gave, by its name: an API key, a token, a password. */
  | `credential ${string}`
  /** Something of another file of the package: by which names, and the name that file is imported under. */
  | `own ${string}`
  /** The folder of the desktop. */
  | 'desktop'
  | 'host'
  | 'clipboard'
  | 'page-data'
  | 'command-output'
  /** The home folder itself, not something known in it. */
  | 'home'
  | 'argument'
  /** What a request to a server brings. */
  | 'request'
  /** A function call or expression that could not be told. */
  | 'computed';
