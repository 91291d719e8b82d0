import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ANSWERS, status } from '../testing/edge-answers.ts'
import { homeport, remoteEdge } from '../testing/homeport-command.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

describe('commands that ask an edge', () => {
  it.each([
    [
      'routes',
      [
        'tcp/8443',
        'home/mqtt/mosquitto',
        '192.0.2.7:30843',
        '[2001:db8::1]:30843',
        'Connection refused',
        'port-reserved: sshd',
      ],
    ],
    ['claims', ['tcp/8443', 'stale', 'home/pod-0', '1h']],
    [
      'status',
      [
        'ready, version 0.1.0, up 1d 2h',
        'clusters    home: 1 phone, 1 claim\n            lab: 1 phone, 12 claims\n',
        '1 live, 1 refused',
        'running, 2.6.12, pid 7',
        'old worker 5: 1 sessions, 2h old',
        'old worker 6: does not answer, 3h old',
        'few file descriptors',
      ],
    ],
    ['token list', ['k3j9x2ab', 'mosquitto', 'ports 8443', 'never']],
  ])('%s', async (command, expected) => {
    const { edge, ask } = await remoteEdge(onTestFinished)
    const text = await ask(...command.split(' '))
    expect(text.code).toBe(0)
    for (const part of expected) expect(text.out).toContain(part)
    expect(text.err).toContain('Next: homeport')
    expect(edge.calls[0]?.headers.authorization).toBe(`Bearer ${edge.token}`)

    const json = await ask(...command.split(' '), '--json')
    expect(JSON.parse(json.out)).toEqual(ANSWERS[`GET ${edge.calls[0]?.path}`])
    expect(json.err).toBe('')
  })

  it('events prints a line for each, until it is told to stop', async () => {
    const event = { id: 1, time: '2026-01-01T00:00:00Z', type: 'route-live', subject: 'tcp/8443' }
    const { ask } = await remoteEdge(onTestFinished, () => ({
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: `: hello\n\nid: 1\ndata: ${JSON.stringify(event)}\n\n`,
    }))
    const events = await ask('events')
    expect(events.out).toBe('2026-01-01T00:00:00Z  route-live          tcp/8443\n')
    expect(events.code).toBe(4)
    expect((await ask('events', '--json')).out).toBe(`${JSON.stringify(event)}\n`)
  })

  it('reaches the edge on this machine by its socket, without a token', async () => {
    const folder = await temporaryFolder(onTestFinished)
    const server = createServer((_, response) => response.end(JSON.stringify(status)))
    await new Promise<void>((resolve) => server.listen(join(folder, 'admin.sock'), resolve))
    onTestFinished(() => void server.close())
    expect((await homeport(['status', '--json', '--socket', join(folder, 'admin.sock')])).code).toBe(0)
    expect((await homeport(['status'], { HOMEPORT_SOCKET: join(folder, 'admin.sock') })).code).toBe(0)
    expect((await homeport(['status'], { HOMEPORT_EDGE_RUNTIME_DIR: folder })).code).toBe(0)
  })

  it('waits for the socket of an edge that is about to start', async () => {
    const socket = join(await temporaryFolder(onTestFinished), 'admin.sock')
    const asked = homeport(['status', '--json', '--socket', socket], {}, 20_000)
    const server = createServer((_, response) => response.end(JSON.stringify(status)))
    onTestFinished(() => void server.close())
    // Once the command has found nothing there.
    await expect(homeport(['status', '--socket', socket])).resolves.toMatchObject({ code: 4 })
    server.listen(socket)
    expect((await asked).code).toBe(0)
  })
})
