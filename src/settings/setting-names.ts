/** `api.trustedProxies` -> `api-trusted-proxies`: the flag, behind two dashes. */
export function flagOf(key: string): string {
  return words(key).join('-')
}

/** `api.trustedProxies` of `edge` -> `HOMEPORT_EDGE_API_TRUSTED_PROXIES`: the environment variable. */
export function variableOf(program: string, key: string): string {
  return ['homeport', program, ...words(key)].join('_').toUpperCase()
}

/** Where a program's file is unless told. */
export function defaultFileOf(program: string): string {
  return `/etc/homeport/${program}.yaml`
}

function words(key: string): string[] {
  return key.replace(/[A-Z]/g, (capital) => `.${capital.toLowerCase()}`).split('.')
}
