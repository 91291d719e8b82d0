import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { homeport } from '../testing/homeport-command.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { processDisk } from './disk.ts'

async function render(text: string, ...args: string[]) {
  const folder = await temporaryFolder(onTestFinished)
  writeFileSync(join(folder, 'stack.yml'), text)
  const disk = { ...processDisk, folder, readInput: () => new Uint8Array() }
  const result = await homeport(['stack', 'render', '-c', 'stack.yml', 'shop', ...args], {}, 0, disk)
  return { folder, ...result }
}

const SECRET = Buffer.from('hunter2').toString('base64')
const STACK =
  'services:\n  db:\n    image: db:1\n    privileged: true\n    environment: {DB_PASSWORD: hunter2}\n'

it('prints the objects, masks secrets, and tells once what is dropped and where', async () => {
  const { code, out, err } = await render(STACK)
  expect(code).toBe(0)
  expect(out).toContain('kind: Deployment\nmetadata:\n  name: db\n  namespace: shop\n')
  expect(out).not.toContain(SECRET)
  expect(err.match(/stack\.yml:4:5/g)).toHaveLength(1)
  expect((await render(STACK, '--show-secrets')).out).toContain(SECRET)
})

it('writes a file an object', async () => {
  const { folder, out } = await render(STACK, '--out', 'objects')
  expect(out).toBe('')
  expect(readdirSync(join(folder, 'objects'))).toContain('deployment-db.yaml')
  expect(readFileSync(join(folder, 'objects/namespace-shop.yaml'), 'utf8')).toContain('kind: Namespace')
})

it('says what it shares with a stack beside it, and reaches that under its names', async () => {
  const stack = [
    'services:',
    '  web:',
    '    image: web:1',
    '    networks: [shared]',
    '    volumes: ["/srv/data/web:/data", "files:/files"]',
    'networks: {shared: {external: true}}',
    'volumes: {files: {external: true, name: db_files}}',
    '',
  ].join('\n')
  const other =
    'services:\n  db: {image: "db:1", networks: [net], volumes: ["/srv/data:/data", "files:/files"]}\n' +
    'networks: {net: {name: shared}}\nvolumes: {files: {}}\n'
  const folder = await temporaryFolder(onTestFinished)
  writeFileSync(join(folder, 'other.yml'), other)
  const { code, out, err } = await render(stack, '--beside', `db=${join(folder, 'other.yml')}`)
  expect(code).toBe(0)
  expect(out).toContain('externalName: db.db.svc.cluster.local')
  expect(err).toContain('stack.yml:5:15: warning: the stack db keeps /srv/data in a volume of its own')
  expect(err).toContain('stack.yml:7:11: warning: the stack db has the volume db_files too')
  writeFileSync(join(folder, 'other.yml'), 'services: 5\n')
  expect(await render(stack, '--beside', `db=${join(folder, 'other.yml')}`)).toMatchObject({ code: 2 })
  expect((await render(stack, '--beside', 'db')).err).toContain('Write NAME=FILE')
})

it('puts an agent beside what publishes, where it is told the edge and the image', async () => {
  const stack = 'services: {web: {image: "web:1", ports: ["8080:80"]}}\n'
  const said = ['--phone', 'sidecar', '--edge', 'https://203.0.113.5:9443']
  const { out, err } = await render(stack, ...said, '--phone-image', 'agent:1', '--phone-token', 'mine')
  expect(out).toMatch(/name: HOMEPORT_CLAIMS\n\s+value: "8080:3\d{4}\/tcp"/)
  expect(out).toContain('secretName: mine')
  expect(err).toContain('the Secret mine with the token of an edge has to be there before')
  expect(await render(stack, ...said)).toMatchObject({ code: 2 })
  expect((await render(stack, '--phone', 'affinity', '--phone-image', 'agent:1')).err).toContain(
    '--edge https://203.0.113.5:9443',
  )
})

it('refuses with the place, the reason and the way', async () => {
  const { code, out, err } = await render(
    'services:\n  viz:\n    image: viz:1\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n',
  )
  expect({ code, out }).toEqual({ code: 3, out: '' })
  expect(err).toContain('stack.yml:5:9: error: /var/run/docker.sock is not given to a pod')
  expect(err).toContain('asks the API server instead')
})
