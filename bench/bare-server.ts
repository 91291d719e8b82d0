/** What a renewal is compared with: a bare node:https server that parses the same body. `node bare-server.mjs KEY CERT PORT` */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'

const [, , key = '', cert = '', port = ''] = process.argv
const answer = JSON.stringify({
  digest: 'x'.repeat(43),
  claims: [{ port: 8443, protocol: 'tcp', state: 'live' }],
})

createServer(
  { key: readFileSync(key), cert: readFileSync(cert), keepAliveTimeout: 75_000 },
  (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const document = JSON.parse(Buffer.concat(chunks).toString())
      response.setHeader('content-type', 'application/json')
      response.statusCode = Array.isArray(document.claims) ? 200 : 422
      response.end(answer)
    })
  },
).listen(Number(port), '127.0.0.1')
