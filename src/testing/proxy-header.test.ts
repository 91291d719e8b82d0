import { createConnection } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseProxyHeader } from './proxy-header.ts'
import { proxyHeaderServer } from './proxy-header-server.ts'
import { until } from './until.ts'

const signature = '0d0a0d0a000d0a515549540a'
const v2 = (rest: string) => Buffer.from(signature + rest, 'hex')

describe('parseProxyHeader', () => {
  it.each([
    [
      Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 1000 8443\r\nhello'),
      {
        version: 1,
        source: { address: '192.0.2.1', port: 1000 },
        destination: { address: '192.0.2.2', port: 8443 },
        length: 42,
      },
    ],
    [Buffer.from('PROXY UNKNOWN\r\n'), { version: 1, length: 15 }],
    [
      v2('2111000cc0000201c000020203e820fb'),
      {
        version: 2,
        source: { address: '192.0.2.1', port: 1000 },
        destination: { address: '192.0.2.2', port: 8443 },
        length: 28,
      },
    ],
    [
      v2('21210024' + '20010db8000000000000000000000001' + '20010db8000000000000000000000002' + '03e820fb'),
      {
        version: 2,
        source: { address: '2001:db8::1', port: 1000 },
        destination: { address: '2001:db8::2', port: 8443 },
        length: 52,
      },
    ],
    [v2('20000000'), { version: 2, length: 16 }],
  ])('%j', (bytes, header) => {
    expect(parseProxyHeader(bytes)).toEqual(header)
    for (let length = 0; length < header.length; length++) {
      expect(parseProxyHeader(bytes.subarray(0, length)), `the first ${length} bytes`).toBeUndefined()
    }
  })

  it('tells what is no header', () => {
    expect(() => parseProxyHeader(Buffer.from('GET / HTTP/1.0'))).toThrow('no PROXY header')
  })
})

describe('proxyHeaderServer', () => {
  it.each([
    ['PROXY TCP4 192.0.2.1 192.0.2.2 1000 8443\r\n', 'v1 192.0.2.1 1000\n'],
    ['hello', 'none\n'],
  ])('answers %j with %j', async (sent, greeting) => {
    const server = await proxyHeaderServer(onTestFinished)
    const socket = createConnection(server).setEncoding('utf8')
    onTestFinished(() => void socket.destroy())
    let received = ''
    socket.on('data', (text) => {
      received += text
    })
    socket.write(sent)
    await until(() => received === greeting)
    expect(server.headers).toHaveLength(1)
  })
})
