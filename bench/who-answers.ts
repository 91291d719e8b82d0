import { connect } from 'node:net'

/** Which of `startBackends` a new connection gets to; undefined when it is refused, cut, or not answered for 5 s. */
export function whoAnswers(
  port: number,
  host = '127.0.0.1',
  localAddress?: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, noDelay: true, ...(localAddress !== undefined && { localAddress }) })
    const end = (name?: string) => {
      resolve(name)
      // A reset leaves no TIME_WAIT behind, of which a hundred thousand connections would run out.
      socket.resetAndDestroy()
    }
    let answer = ''
    socket.setTimeout(5_000, () => end())
    socket.on('connect', () => socket.write('GET / HTTP/1.0\r\n\r\n'))
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text
      const [, name] = /\r\n\r\n(.+)$/.exec(answer) ?? []
      if (name !== undefined) end(name)
    })
    socket.on('error', () => end()).on('close', () => end())
  })
}
