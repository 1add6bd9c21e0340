/** What YAML lockfiles are made of, however they were read. */
import type { SmallMap } from './small-map.ts';

/** A value: a string, a list or a map. Scalars keep the text they are written with. */
export type YamlValue = string | readonly YamlValue[] | YamlMap;
export type YamlMap = SmallMap<YamlValue>;
