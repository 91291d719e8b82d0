import { SocketAddress } from 'node:net'

/** A header of the PROXY protocol (haproxy.org/download/3.0/doc/proxy-protocol.txt). */
export interface ProxyHeader {
  readonly version: 1 | 2
  /** Absent where the proxy speaks for itself (v1 `UNKNOWN`, v2 `LOCAL`), as in a health check. */
  readonly source?: { readonly address: string; readonly port: number }
  readonly destination?: { readonly address: string; readonly port: number }
  /** Length of the header in bytes: what comes after it is the client's. */
  readonly length: number
}

const V2_SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
/** Version 2's fixed part: signature, version and command, family, length of the rest. */
const V2_FIXED = 16

/**
 * Reads the header that `bytes` begins with; undefined while more bytes are needed.
 * @throws Error where the bytes begin with no header.
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader | undefined {
  const signature = bytes.subarray(0, V2_SIGNATURE.length)
  if (signature.equals(V2_SIGNATURE.subarray(0, signature.length))) return parseV2(bytes)
  return parseV1(bytes)
}

function parseV1(bytes: Buffer): ProxyHeader | undefined {
  const text = bytes.toString('latin1')
  if (!text.startsWith('PROXY '.slice(0, text.length)))
    throw new Error(`no PROXY header: ${JSON.stringify(text)}`)
  const end = text.indexOf('\r\n')
  if (end < 0) return undefined
  const [, family, source, destination, sourcePort, destinationPort] = text.slice(0, end).split(' ')
  const length = end + 2
  if (family === 'UNKNOWN' || source === undefined || destination === undefined) return { version: 1, length }
  return {
    version: 1,
    source: { address: source, port: Number(sourcePort) },
    destination: { address: destination, port: Number(destinationPort) },
    length,
  }
}

function parseV2(bytes: Buffer): ProxyHeader | undefined {
  if (bytes.length < V2_FIXED) return undefined
  const length = V2_FIXED + bytes.readUInt16BE(14)
  if (bytes.length < length) return undefined
  const isLocal = (bytes.readUInt8(12) & 0x0f) === 0
  const size = { 1: 4, 2: 16 }[bytes.readUInt8(13) >> 4]
  if (isLocal || size === undefined) return { version: 2, length }
  const ports = V2_FIXED + 2 * size
  return {
    version: 2,
    source: {
      address: addressText(bytes.subarray(V2_FIXED, V2_FIXED + size)),
      port: bytes.readUInt16BE(ports),
    },
    destination: {
      address: addressText(bytes.subarray(V2_FIXED + size, ports)),
      port: bytes.readUInt16BE(ports + 2),
    },
    length,
  }
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16))
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address
}
