/** Backends that tell their address and end: `node backend-process.ts PORT HOST...`. */
import { createServer } from 'node:net'

const [, , port, ...hosts] = process.argv
const listening = hosts.map(
  (host) =>
    new Promise<void>((resolve) => {
      const server = createServer((socket) => {
        socket.on('error', () => {}).on('data', (data) => socket.write(data))
        socket.write(`${host}\n`)
      })
      server.listen({ host, port: Number(port), backlog: 1024 }, resolve)
    }),
)
await Promise.all(listening)
console.log('listening')
