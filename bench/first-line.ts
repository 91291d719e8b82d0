import { connect } from 'node:net'

/** Connects, and gives what the other side says first; undefined when it refuses, cuts or says nothing for 5 s. */
export function firstLine(
  port: number,
  host = '127.0.0.1',
  localAddress?: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, ...(localAddress !== undefined && { localAddress }) })
    const end = (line?: string) => {
      resolve(line)
      // A reset leaves no TIME_WAIT behind, of which a hundred thousand connections would run out.
      socket.resetAndDestroy()
    }
    socket.setTimeout(5_000, () => end())
    socket.on('data', (data: Buffer) => end(data.toString().split('\n')[0]))
    socket.on('error', () => end()).on('close', () => end())
  })
}
