import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'

function record(level: Parameters<typeof createLog>[0] = 'info') {
  const lines: string[] = []
  return { lines, log: createLog(level, (line) => lines.push(line)) }
}

describe('createLog', () => {
  it('writes one line of JSON each', () => {
    const { lines, log } = record()
    log.info({ event: 'route-live', subject: 'tcp/8443' }, 'tcp/8443: route-live')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      event: 'route-live',
      subject: 'tcp/8443',
      msg: 'tcp/8443: route-live',
    })
  })

  it('keeps a line one line, whatever is in it', () => {
    const { lines, log } = record()
    log.warn({ detail: 'a\nb\u001b[31m\0' }, 'c\r\nd')
    const [line = ''] = lines
    expect(lines).toHaveLength(1)
    expect([...line.slice(0, -1)].filter((character) => character < ' ')).toEqual([])
  })

  it('hides secrets', () => {
    const { lines, log } = record()
    log.error({ token: 'hp1.x', request: { headers: { authorization: 'Bearer x', host: 'a' } } }, 'no')
    expect(lines.join('')).not.toMatch(/hp1|Bearer/)
    expect(lines.join('')).toContain('"host":"a"')
  })

  it('leaves out what is below its level', () => {
    const { lines, log } = record('warn')
    log.info('quiet')
    expect(lines).toEqual([])
  })
})
