/** What a YAML document of string keys can hold. Maps keep any key apart from what objects inherit. */
export type YamlValue = string | number | bigint | boolean | null | readonly YamlValue[] | YamlMap

export interface YamlMap extends ReadonlyMap<string, YamlValue> {}
