import { expect, it } from 'vitest'
import { EphemeralPorts } from './ephemeral-ports.ts'

function subject(files: Record<string, string>) {
  let time = 0
  const readFile = (path: string) => {
    const text = files[path.replace('/proc/sys/net/ipv4/', '')]
    if (text === undefined) throw new Error('ENOENT')
    return text
  }
  const ports = new EphemeralPorts(readFile, () => time)
  return {
    among: (...some: number[]) => some.filter((port) => ports.has(port)),
    later: () => {
      time += 5_000
    },
  }
}

const RANGE = { ip_local_port_range: '32768\t60999\n' }

it('are those of the range, without those that are reserved', () => {
  const files = { ...RANGE, ip_local_reserved_ports: '40000-40002,50443\n' }
  const found = subject(files).among(443, 32767, 32768, 39999, 40000, 40002, 40003, 50443, 60999, 61000)
  expect(found).toEqual([32768, 39999, 40003, 60999])
})

it('are all of the range where none is reserved, and none where nothing can be read', () => {
  expect(subject({ ...RANGE, ip_local_reserved_ports: '\n' }).among(40000)).toEqual([40000])
  expect(subject(RANGE).among(40000)).toEqual([40000])
  expect(subject({}).among(40000, 1)).toEqual([])
  expect(subject({ ip_local_port_range: 'x' }).among(40000, 1)).toEqual([])
})

it('are looked at anew after a while', () => {
  const files = { ...RANGE, ip_local_reserved_ports: '' }
  const { among, later } = subject(files)
  expect(among(40000)).toEqual([40000])
  files.ip_local_reserved_ports = '40000'
  later()
  expect(among(40000)).toEqual([])
})
