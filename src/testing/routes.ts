import { type Backend, backendName, portKey, type Route, type Routes } from '../core/route.ts'

/** A route for tests: to port 30843 of 127.0.0.2, unchecked. */
export function aRoute(port: number, more: Partial<Omit<Route, 'key' | 'port'>> = {}): Route {
  const { protocol = 'tcp', backends = [to('127.0.0.2')], ...rest } = more
  return {
    key: portKey(protocol, port),
    port,
    protocol,
    owner: 'home/test/test',
    author: 'token',
    check: { type: 'none' },
    backends: [...backends].sort((a, b) => (backendName(a) < backendName(b) ? -1 : 1)),
    ...rest,
  }
}

/** A backend for tests. */
export function to(address: string, port = 30843, proxyProtocol: Backend['proxyProtocol'] = 'off'): Backend {
  return { address, port, proxyProtocol }
}

export function routesOf(...routes: readonly Route[]): Routes {
  return new Map(routes.map((route) => [route.key, route]))
}
