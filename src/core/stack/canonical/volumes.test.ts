import { describe, expect, it } from 'vitest'
import { readWeb } from '../../../testing/stack.ts'

const HOME = { variables: { HOME: '/home/me' } }
const mounts = (entry: string) => readWeb(`volumes: [${entry}]`, HOME)

describe('volumes', () => {
  it.each([
    ['data:/data', { type: 'volume', source: 'data', target: '/data', read_only: false }],
    ['/cache', { type: 'volume', target: '/cache' }],
    ['./x:/y:ro', { type: 'bind', source: '/stack/x', target: '/y', read_only: true }],
    ['../x/./y/:/y', { type: 'bind', source: '/x/y' }],
    ['.:/y', { type: 'bind', source: '/stack' }],
    ['~/x:/y', { type: 'bind', source: '/home/me/x' }],
    // As in Docker: what is absolute is left as it is.
    ['/a//b/../c:/y', { type: 'bind', source: '/a//b/../c' }],
    ['/a:/y:rslave', { bind: { propagation: 'rslave' } }],
    ['a1:/y:nocopy', { volume: { nocopy: true } }],
    ['"/a:/y:ro,rw"', { read_only: false }],
    ['"C:\\\\x:/y"', { type: 'bind', source: 'C:\\x', target: '/y' }],
    ['"a:/b"', { type: 'volume', target: 'a:/b' }],
    ['{type: tmpfs, target: /t, tmpfs: {size: 5}}', { type: 'tmpfs', tmpfs: { size: 5 } }],
    ['{type: bind, source: x, target: /t}', { source: '/stack/x' }],
  ])('%s', (entry, expected) => {
    const { web, problems } = mounts(entry)
    expect(problems).toEqual([])
    expect(web?.volumes[0]).toMatchObject(expected)
  })

  it.each([
    ['"ab::/x"', 'invalid spec: ab::/x: empty section between colons'],
    ['"ab:/x:ro:z"', 'invalid spec: ab:/x:ro:z: too many colons'],
    ['""', 'invalid empty volume spec'],
    ['{type: bind, target: /x}', 'field Source must not be empty'],
    ['{source: x}', 'services.web.volumes.0 type is required'],
    ['{type: bind, sourc: x}', 'Additional property sourc is not allowed'],
  ])('%s is refused', (entry, message) => {
    expect(mounts(entry).problems).toEqual([expect.stringContaining(message)])
  })

  it.each([
    ['"ab:/x:z,ro"', 'the mount option z does nothing in Swarm'],
    ['ab:/x, cd:/x/', 'duplicate mount point: /x/ is mounted to already, at line 3'],
  ])('%s is warned of', (entry, message) => {
    const { web, problems } = mounts(entry)
    expect(web).toBeDefined()
    expect(problems).toEqual([expect.stringContaining(message)])
  })
})
