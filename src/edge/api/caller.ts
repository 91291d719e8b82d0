import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { canonicalAddress, parseAddress } from '../../core/address/address.ts'
import { inRange, type Range } from '../../core/address/range.ts'
import { RequestRefused } from '../request-refused.ts'

/** Where calls over the UNIX socket come from: this very machine. */
export const LOCAL = '127.0.0.1'

/** Canonical addresses of the connections that are open: a phone calls again and again over one. */
const peers = new WeakMap<Socket, string>()

/**
 * The address at the other end of a TCP connection, canonical: a proxy's, maybe. To be asked first when a request begins, since
 * a connection that was cut meanwhile does not tell any more.
 * @throws RequestRefused where it was cut before.
 */
export function peerOf(socket: Socket): string {
  const known = peers.get(socket)
  if (known !== undefined) return known
  const { remoteAddress } = socket
  const peer = remoteAddress === undefined ? undefined : canonicalAddress(remoteAddress)
  if (peer === undefined) throw new RequestRefused('caller-unknown', 'the connection was cut')
  peers.set(socket, peer)
  return peer
}

/**
 * The address that a request comes from, canonical. X-Forwarded-For is read from the right, for as long as the hop that
 * wrote it is a trusted proxy: whatever stands further left may have been written by the caller. Undefined where a trusted
 * proxy does not say: its own address is nobody's node.
 */
export function callerOf(
  request: Pick<IncomingMessage, 'socket' | 'headers'>,
  trusted: readonly Range[],
): string | undefined {
  let caller = peerOf(request.socket)
  if (trusted.length === 0) return caller
  const isTrusted = (text: string) => {
    const address = parseAddress(text)
    return address !== undefined && trusted.some((range) => inRange(range, address))
  }
  if (!isTrusted(caller)) return caller
  const hops = [request.headers['x-forwarded-for'] ?? ''].flat().join(',').split(',')
  for (let text = hops.pop(); text !== undefined && isTrusted(caller); text = hops.pop()) {
    const hop = readHop(text.trim())
    if (hop === undefined) return undefined
    caller = hop
  }
  return caller
}

/** An address, as proxies write it: alone, or (some gateways) with a port. */
function readHop(text: string): string | undefined {
  const [, six, four] = /^(?:\[([0-9a-fA-F:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/.exec(text) ?? []
  return canonicalAddress(six ?? four ?? text)
}
