import { createConnection } from 'node:net'

/** Why a CLI socket gave no answer. */
export type Silence =
  /** Nobody listens there. */
  | 'absent'
  /** Somebody listens and says nothing: stopped, or stuck. */
  | 'silent'
  /** It closed in the middle, as in a reload; or this process may not connect. */
  | 'cut'

export class CliSilent extends Error {
  override readonly name = 'CliSilent'
  readonly kind: Silence

  constructor(kind: Silence, message: string) {
    super(message)
    this.kind = kind
  }
}

export interface AskOptions {
  /** Milliseconds for the whole answer. */
  readonly timeout: number
  /**
   * Close our half after the command. The master's CLI needs it, or it waits for more; a worker's needs the opposite.
   */
  readonly halfClose?: boolean
}

/** A CLI answers in a few ms, also one that dumps thousands of servers. */
const DEFAULT: AskOptions = { timeout: 2_000 }

/**
 * Sends one line to a CLI socket of HAProxy and returns all that it answers.
 * @throws CliSilent
 */
export function ask(socketPath: string, line: string, options: AskOptions = DEFAULT): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath)
    const chunks: Buffer[] = []
    const fail = (kind: Silence, reason: string) => {
      socket.destroy()
      reject(new CliSilent(kind, `${socketPath}: ${reason}`))
    }
    socket.setTimeout(options.timeout, () => fail('silent', `no answer within ${options.timeout} ms`))
    socket.on('error', (error) => fail(silenceOf(error), error.message))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => {
      socket.destroy()
      resolve(Buffer.concat(chunks).toString('utf8'))
    })
    socket.on('connect', () => {
      if (options.halfClose) socket.end(`${line}\n`)
      else socket.write(`${line}\n`)
    })
  })
}

function silenceOf(error: NodeJS.ErrnoException): Silence {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return 'absent'
    // The queue of a listener that accepts nobody is full.
    case 'EAGAIN':
      return 'silent'
    default:
      return 'cut'
  }
}
