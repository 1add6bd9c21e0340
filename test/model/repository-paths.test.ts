import { describe, expect, it } from '@jest/globals';
import { withSlashes } from '../../src/model/repository-paths.ts';

describe('paths as reports name them', () => {
  it('have slashes where the system has backslashes', () => {
    expect(withSlashes('packages\\app\\yarn.lock', '\\')).toBe('packages/app/yarn.lock');
  });

  it('keep a backslash that is part of a name', () => {
    expect(withSlashes('odd\\name/yarn.lock', '/')).toBe('odd\\name/yarn.lock');
  });
});
