import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEFAULT_OPTIONS } from '../../src/core/stack/model/options.ts'
import { readStack } from '../../src/core/stack/read-stack.ts'
import { renderStack } from '../../src/core/stack/render-stack.ts'
import { diskFiles, sha256 } from '../../src/testing/stack-files.ts'
import { CORPUS, noCorpus } from './corpus.ts'

/** Compose's own program, where there is one to compare with. */
const COMPOSE = process.env['HOMEPORT_DOCKER_COMPOSE']

const stacks = noCorpus
  ? []
  : readdirSync(CORPUS).filter((name) => existsSync(join(CORPUS, name, 'stack.yml')))

function envFilesOf(folder: string): string[] | undefined {
  if (!existsSync(join(folder, 'invented.env'))) return undefined
  return ['.env', 'invented.env'].map((name) => join(folder, name)).filter((path) => existsSync(path))
}

/** @param host whether paths of the host are read below host/; otherwise they are not there, as for Compose on this machine */
function read(name: string, host: boolean) {
  const folder = join(CORPUS, name)
  const text = (path: string) => ({ name: path, bytes: readFileSync(path) })
  const files = diskFiles((path) =>
    path.startsWith(folder) ? path : join(folder, host ? 'host' : 'nowhere', path),
  )
  const reading = readStack({
    mode: 'compose',
    texts: [{ name: 'stack.yml', bytes: readFileSync(join(folder, 'stack.yml')) }],
    folder,
    variables: new Map([['HOME', '/root']]),
    files,
    compose: { profiles: [], envFiles: envFilesOf(folder)?.map(text) },
  })
  return { ...reading, files, folder }
}

const errorsOf = ({ problems }: ReturnType<typeof read>) =>
  problems.filter(({ severity }) => severity === 'error').map(({ detail }) => detail)

describe.skipIf(noCorpus)('published stacks with --compose', () => {
  it('are accepted and refused as Compose 2.40 does it on a machine without their host files', () => {
    const refused = stacks.filter((name) => errorsOf(read(name, false)).length > 0)
    expect([stacks.length, refused.length]).toEqual([77, 11])
    const causes = refused.flatMap((name) => errorsOf(read(name, false)))
    for (const cause of causes)
      expect(cause).toMatch(/^there is no \/var\/data\/.*\.env$|refers to undefined volume/)
  })

  it('are accepted all but one where the files of their hosts are there', () => {
    const refused = stacks.filter((name) => errorsOf(read(name, true)).length > 0)
    expect(refused).toEqual(['geek-cookbook__instapy'])
  })

  it.each(stacks)('%s is rendered, or refused with the reason and what to do', (name) => {
    const { stack, files, folder } = read(name, true)
    if (!stack) return
    const { objects, findings } = renderStack({
      stackName: 'demo',
      stack,
      files,
      digest: sha256,
      options: { ...DEFAULT_OPTIONS, folder },
    })
    const errors = findings.filter(({ severity }) => severity === 'error')
    for (const { detail, remedy } of errors)
      expect([detail, remedy]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)])
    expect(objects.length > 0).toBe(errors.length === 0)
  })

  it.skipIf(COMPOSE === undefined).each(stacks)(
    '%s is printed as docker compose config prints it',
    (name) => {
      const folder = join(CORPUS, name)
      const envFiles = (envFilesOf(folder) ?? []).flatMap((path) => ['--env-file', path])
      const { status, stdout } = spawnSync(COMPOSE ?? '', ['-f', 'stack.yml', ...envFiles, 'config'], {
        cwd: folder,
        env: { HOME: '/root', PATH: '/usr/bin:/bin' },
        encoding: 'utf8',
      })
      const { text, stack } = read(name, false)
      expect([stack !== undefined, stack && text]).toEqual([status === 0, status === 0 ? stdout : undefined])
    },
  )
})
