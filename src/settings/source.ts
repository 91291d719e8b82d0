/** Where an operator wrote a setting. */
export interface Entry {
  readonly texts: readonly string[]
  /** `/etc/homeport/edge.yaml:3:11`, `HOMEPORT_EDGE_API_LISTEN`, `--api-listen`. */
  readonly where: string
}

/** A place where settings may stand: flags, the environment, the file. */
export interface Source {
  entry(key: string): Entry | undefined
}

/** A setting that is wrong, or a key that is none. */
export interface ConfigFault {
  readonly where: string
  readonly message: string
}

/** Settings from one text each, as flags and variables have them; lists are separated by commas. */
export function textSource(
  values: Readonly<Record<string, string | undefined>>,
  nameOf: (key: string) => string,
  prefix = '',
): Source {
  return {
    entry: (key) => {
      const name = nameOf(key)
      const text = Object.hasOwn(values, name) ? values[name] : undefined
      return text === undefined ? undefined : { texts: [text], where: `${prefix}${name}` }
    },
  }
}
