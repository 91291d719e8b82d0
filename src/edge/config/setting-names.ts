/** `api.trustedProxies` -> `api-trusted-proxies`: the flag, behind two dashes. */
export function flagOf(key: string): string {
  return words(key).join('-')
}

/** `api.trustedProxies` -> `HOMEPORT_EDGE_API_TRUSTED_PROXIES`: the environment variable. */
export function variableOf(key: string): string {
  return ['homeport', 'edge', ...words(key)].join('_').toUpperCase()
}

function words(key: string): string[] {
  return key.replace(/[A-Z]/g, (capital) => `.${capital.toLowerCase()}`).split('.')
}
