/** Packuments of the sizes the public registry has (median 33 KB, mean about 200 KB, a few of many megabytes), made up, the same every time. */
const words =
  'async stream parser core utils loader schema client server router cache token buffer event queue worker proxy bridge store graph'.split(' ');

const syllables = 'ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu bra cle dri flo gru sta spe tri blo cru'.split(' ');

/** A name like no other and like no popular one; `alike`: names that differ in their number only, each close to many others, or a list of names. */
export function nameOf(index, alike = false) {
  if (Array.isArray(alike)) return alike[index];
  if (alike) return `generated-${index}`;
  const next = numbers(index * 7919 + 17);
  return Array.from({ length: 6 }, () => syllables[next(syllables.length)]).join('');
}

/** A generator of the same numbers every time. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

/** Versions of the package at a rank: most have a dozen, some hundreds, few thousands. */
function versionCount(index, large) {
  if (index % 97 === 7 && index < 97 * large) return 8_000;
  const place = (index * 7919) % 1000;
  if (place < 10) return 1_000;
  if (place < 60) return 150;
  if (place < 300) return 40;
  return 12;
}

/** The document of the package at a rank; so many of the first thousand have 20 MB. */
export function packument(index, large = 0, alike = false) {
  const next = numbers(index + 1);
  const hex = (length) => Array.from({ length }, () => next(16).toString(16)).join('');
  const text = (length) => Array.from({ length }, () => words[next(words.length)]).join(' ');
  const range = () => `^${next(9)}.${next(9)}.${next(9)}`;
  const ranges = (length, nameAt) => Object.fromEntries(Array.from({ length }, (_, at) => [nameAt(at), range()]));
  const name = nameOf(index, alike);
  const people = Array.from({ length: 3 }, (_, place) => ({ name: `person${next(500)}`, email: `person${place}@mail.example` }));
  const versions = {};
  const start = Date.parse('2015-01-01T00:00:00Z');
  const count = versionCount(index, large);
  const pace = Math.max(0.1, Math.min(250, 3_000 / count)) * 86_400_000;
  const time = { created: new Date(start).toISOString(), modified: new Date(start + count * pace).toISOString() };
  const description = text(9);
  const build = `tsc && ${text(4)}`;
  let dependencies;
  let devDependencies;
  for (let place = 0; place < count; place += 1) {
    // As in real histories, most releases change few dependencies or none.
    if (place % 3 === 0) dependencies = ranges(8, (at) => nameOf((index + at * 31) % 1000, alike));
    if (place % 2 === 0) devDependencies = ranges(25, (at) => `${words[at % words.length]}-${at}`);
    const version = `${Math.floor(place / 50)}.${Math.floor((place % 50) / 5)}.${place % 5}`;
    time[version] = new Date(start + place * pace).toISOString();
    versions[version] = {
      name,
      version,
      description,
      main: './dist/index.js',
      scripts: { build, test: 'jest --coverage', lint: 'eslint .', ...(index % 50 === 0 && { postinstall: 'node install.js' }) },
      repository: { type: 'git', url: `git+https://code.example/acme/${name}.git` },
      keywords: words.slice(0, 8),
      author: people[0],
      license: 'MIT',
      bugs: { url: `https://code.example/acme/${name}/issues` },
      homepage: `https://code.example/acme/${name}#readme`,
      dependencies,
      devDependencies,
      engines: { node: '>=18' },
      gitHead: hex(40),
      _id: `${name}@${version}`,
      _nodeVersion: '20.0.0',
      _npmVersion: '10.0.0',
      dist: {
        integrity: `sha512-${Buffer.from(hex(128), 'hex').toString('base64')}`,
        shasum: hex(40),
        tarball: `https://registry.example/${name}/-/${name}-${version}.tgz`,
        fileCount: next(100),
        unpackedSize: next(1_000_000),
        signatures: [{ keyid: `SHA256:${hex(43)}`, sig: Buffer.from(hex(142), 'hex').toString('base64') }],
      },
      _npmUser: people[next(8) === 0 ? 1 : 0],
      directories: {},
      maintainers: people,
      _npmOperationalInternal: { host: 's3://generated', tmp: `tmp/${name}_${version}_${hex(20)}` },
      _hasShrinkwrap: false,
    };
  }
  return {
    _id: name,
    _rev: `${count}-${hex(32)}`,
    name,
    'dist-tags': { latest: Object.keys(versions).at(-1) },
    versions,
    time,
    maintainers: people,
    description: text(9),
    readme: `# ${name}\n\n${Array.from({ length: 40 }, () => `${text(16)}.\n`).join('')}`,
    readmeFilename: 'README.md',
  };
}
