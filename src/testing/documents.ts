import type { Claim, Document } from '../core/registry/document.ts'
import type { Backend } from '../core/route.ts'

/** A backend for tests. */
export function aBackend(address = '10.0.0.1', port = 30843, more: Partial<Backend> = {}): Backend {
  return { address, port, proxyProtocol: 'off', ...more }
}

/** A claim for tests: port 8443 of `home/mqtt/mosquitto`. */
export function aClaim(more: Partial<Claim> = {}): Claim {
  return {
    index: 0,
    owner: 'home/mqtt/mosquitto',
    port: 8443,
    protocol: 'tcp',
    backends: [aBackend()],
    check: { type: 'tcp' },
    ...more,
  }
}

/** A document for tests, of the phone `home/<phone>`; its digest is what it says. */
export function aDocument(
  phone: string,
  claims: readonly Claim[] = [aClaim()],
  more: Partial<Document> = {},
): Document {
  return {
    cluster: 'home',
    phone,
    identity: 'token',
    fence: 0,
    sequence: 0,
    ttl: 60_000,
    digest: JSON.stringify([claims, more]),
    caller: '10.0.0.1',
    usesCaller: false,
    claims,
    refused: [],
    ...more,
  }
}
