import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { meanwhile, useFakeTime } from '../testing/fake-time.ts'
import { Connections } from './connections.ts'

describe('Connections', () => {
  useFakeTime()

  it('gives up a connection that is not made: the other end takes it, and says nothing', async () => {
    const server = createServer((socket) => onTestFinished(() => void socket.destroy()))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const connections = new Connections(new URL(`https://127.0.0.1:${port}`))
    onTestFinished(() => connections.close())
    const { signal } = new AbortController()
    const sent = connections.send(
      { headers: {}, tls: {} },
      { method: 'GET', path: '/', headers: {}, signal, pool: 'calls' },
    )
    const refused = expect(sent).rejects.toThrow('no connection within 10 s')
    await meanwhile(refused)
  })
})
