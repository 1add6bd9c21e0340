import { describe, expect, it } from '@jest/globals';
import { environmentWith } from '../../src/commands/child-environment.ts';

describe('the environment of a client', () => {
  it.each(['NPM_CONFIG_REGISTRY', 'Npm_Config_registry', 'npm_config_registry'])('%s of before does not outlive the proxy', (name) => {
    const before = { npm_config_registry: 'http://first.example/', [name]: 'http://other.example/', PATH: '/bin' };
    expect(Object.entries(environmentWith(before, { npm_config_registry: 'http://127.0.0.1:1/' }))).toEqual([
      ['PATH', '/bin'],
      ['npm_config_registry', 'http://127.0.0.1:1/'],
    ]);
  });

  it('settings npm takes for the same are the same', () => {
    const before = { 'npm_config_replace-registry-host': 'always', NPM_CONFIG_replace_registry_host: 'never' };
    expect(environmentWith(before, { npm_config_replace_registry_host: 'x.example' })).toEqual({ npm_config_replace_registry_host: 'x.example' });
  });

  it('both spellings of what programs read in two', () => {
    expect(environmentWith({ no_proxy: 'a' }, { NO_PROXY: 'b', no_proxy: 'b' })).toEqual({ NO_PROXY: 'b', no_proxy: 'b' });
  });
});
