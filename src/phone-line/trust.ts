import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { fingerprintOf } from './fingerprint.ts'
import { LineFailed } from './line-failed.ts'

/** How the edge at the other end proves who it is. */
export type Trust =
  /** It has this key (see `fingerprintOf`); names, dates and issuer of its certificate do not matter. */
  | { readonly kind: 'fingerprint'; readonly fingerprint: string }
  /** An authority vouches for its name: one of this PEM text, or of Node's own list. */
  | { readonly kind: 'authority'; readonly pem?: string }

/** The TLS options that a kind of trust needs. What they leave unchecked, `verifyPeer` checks. */
export function trustOptions(trust: Trust): ConnectionOptions {
  const options: ConnectionOptions = {
    // The verdict is read from the socket instead, so that every cause gets the same error.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
  }
  // An empty list keeps OpenSSL from loading some 140 authorities that nobody asks: 4 MB.
  if (trust.kind === 'fingerprint') return { ...options, ca: [] }
  return trust.pem === undefined ? options : { ...options, ca: trust.pem }
}

/**
 * Connects, and gives the socket only when the edge has proved who it is: nothing was sent before.
 * @param options where to, and how; see `trustOptions`.
 */
export function connectTrusted(
  options: ConnectionOptions,
  trust: Trust,
  done: (error: Error | null, socket: TLSSocket) => void,
): void {
  const socket = connect(options)
  const fail = (error: Error) => {
    socket.destroy()
    done(error, socket)
  }
  const onTimeout = () => fail(new LineFailed('edge-unreachable', 'no connection within the time'))
  socket
    .once('error', fail)
    .once('timeout', onTimeout)
    .once('secureConnect', () => {
      socket.off('error', fail).off('timeout', onTimeout)
      const fault = peerFault(socket, trust)
      if (fault) fail(new LineFailed('edge-untrusted', fault))
      else done(null, socket)
    })
}

/** Why the peer is not the edge that is meant, or undefined where it is. */
function peerFault(socket: TLSSocket, trust: Trust): string | undefined {
  if (trust.kind === 'authority') {
    return socket.authorized ? undefined : `its certificate is not valid: ${socket.authorizationError}`
  }
  const certificate = socket.getPeerX509Certificate()
  const found = certificate ? fingerprintOf(certificate) : 'none'
  return found === trust.fingerprint
    ? undefined
    : `its key has the fingerprint ${found}, the token names ${trust.fingerprint}`
}
