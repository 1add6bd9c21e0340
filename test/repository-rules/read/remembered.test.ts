import { describe, expect, it } from '@jest/globals';
import { remembered } from '../../../src/repository-rules/read/remembered.ts';

describe('remembered', () => {
  it('reads the text before a change and the one after it once each, whichever is asked for in between', () => {
    const asked: string[] = [];
    const read = remembered((path, text) => {
      asked.push(`${path} ${text}`);
      return `${path}=${text}`;
    });
    for (let round = 0; round < 3; round++) expect([read('a', 'now'), read('a', 'before'), read('b', 'now')]).toEqual(['a=now', 'a=before', 'b=now']);
    expect(asked).toEqual(['a now', 'a before', 'b now']);
  });

  it('never answers for another text', () => {
    const read = remembered((_path, text) => text);
    const texts = ['1', '2', '3', '1', '3', '2', '2', '1'];
    expect(texts.map((text) => read('a', text))).toEqual(texts);
  });
});
