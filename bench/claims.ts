/** Where the backends of these measurements listen. */
export const NODES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'] as const

/** The first frontend port of a crowd of routes: below those that `freePort` gives out. */
export const FIRST_PORT = 3_000

export function claim(port: number, addresses: readonly string[], backendPort: number) {
  return {
    owner: `bench/s${port}`,
    port,
    backends: addresses.map((address) => ({ address, port: backendPort })),
  }
}

/** Above those that `freePort` gives out, for as many claims as do not fit below; nothing listens there. */
export const FIRST_HIGH_PORT = 40_000

/** A document with `count` claims on ports from `first` up. */
export function crowd(
  count: number,
  addresses: readonly string[],
  backendPort: number,
  first: number = FIRST_PORT,
) {
  return {
    ttl: 3600,
    claims: Array.from({ length: count }, (_, index) => claim(first + index, addresses, backendPort)),
  }
}
