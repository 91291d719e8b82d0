import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { aDocument } from '../../testing/documents.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { SqliteStore } from './sqlite-store.ts'
import { StateUnusable, StorageFailed, type StoreChange } from './store.ts'

const putDocument = (phone: string, more = {}): StoreChange => ({
  kind: 'put-document',
  key: `home/${phone}`,
  document: { ...aDocument(phone), ...more, version: 1 },
})

const phones = (store: SqliteStore) => store.load().documents.map(({ phone }) => phone)

async function stateFolder() {
  const folder = join(await temporaryFolder(onTestFinished), 'state')
  return { folder, path: join(folder, 'state.db'), copy: join(folder, 'state.db.good') }
}

/** A state folder with a state and its good copy. */
async function usedFolder() {
  const paths = await stateFolder()
  const store = new SqliteStore(paths.folder)
  store.commit(
    [...'abcdefghij'].map((phone) => putDocument(phone.repeat(1000))),
    1,
  )
  store.keepGoodCopy()
  store.close()
  return paths
}

function refusal(folder: string): StateUnusable {
  try {
    new SqliteStore(folder).load()
  } catch (error) {
    if (error instanceof StateUnusable) return error
    throw error
  }
  throw new Error('it was opened')
}

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

describe('SqliteStore', () => {
  it('lets nobody else read', async () => {
    const { folder, path, copy } = await usedFolder()
    chmodSync(folder, 0o755)
    const store = new SqliteStore(folder)
    onTestFinished(() => store.close())
    store.commit([], 1)
    expect([mode(folder), mode(path), mode(`${path}-wal`), mode(copy)]).toEqual(['700', '600', '600', '600'])
  })

  it('refuses a second daemon, and takes it once the first has gone', async () => {
    const { folder } = await stateFolder()
    const first = new SqliteStore(folder)
    expect(refusal(folder).code).toBe('state-in-use')
    first.commit([putDocument('a')], 1)
    first.close()
    const second = new SqliteStore(folder)
    onTestFinished(() => second.close())
    expect(phones(second)).toEqual(['a'])
  })

  it.each<[string, (path: string) => void]>([
    ['cut in half', (path) => truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096)],
    ['cut within its header', (path) => truncateSync(path, 60)],
    ['cut within its first page', (path) => truncateSync(path, 4000)],
    ['emptied', (path) => truncateSync(path, 0)],
    ['overwritten with text', (path) => writeFileSync(path, 'not a database\n'.repeat(1000))],
    ['overwritten with zeros', (path) => writeFileSync(path, Buffer.alloc(statSync(path).size))],
    ['replaced by a folder', (path) => replaceByFolder(path)],
    ['another database', (path) => replaceByOther(path)],
    ['removed', (path) => rmSync(path)],
  ])('refuses a state file that was %s, and leaves it and the good copy as they are', async (_, damage) => {
    const { folder, path, copy } = await usedFolder()
    damage(path)
    const before = contentOf(path)
    const good = readFileSync(copy)
    const { code, message } = refusal(folder)
    expect(code).toBe('state-damaged')
    expect(message).toContain(path)
    expect(message).toContain(`is ${copy}`)
    expect(contentOf(path)).toEqual(before)
    expect(readFileSync(copy).equals(good)).toBe(true)
  })

  it('finds a changed letter within a row', async () => {
    const { folder, path } = await usedFolder()
    changeALetter(path)
    expect(refusal(folder).message).toMatch(/the document "home\/a+" is not as it was written/)
  })

  it('serves the good copy once it was moved in place', async () => {
    const { folder, path, copy } = await usedFolder()
    truncateSync(path, 100)
    rmSync(`${path}-wal`, { force: true })
    copyFileSync(copy, path)
    const store = new SqliteStore(folder)
    onTestFinished(() => store.close())
    expect(phones(store)).toHaveLength(10)
  })

  it('makes no good copy of a damaged state', async () => {
    const { folder, path, copy } = await usedFolder()
    const good = readFileSync(copy)
    changeALetter(path)
    const store = new SqliteStore(folder)
    onTestFinished(() => store.close())
    expect(() => store.keepGoodCopy()).toThrow(StateUnusable)
    expect(readFileSync(copy).equals(good)).toBe(true)
  })

  it('refuses a state of a newer version', async () => {
    const { folder, path } = await usedFolder()
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 99')
    database.close()
    const { code, message } = refusal(folder)
    expect(code).toBe('state-newer')
    expect(message).toContain('version 99')
  })

  it('says which disk it cannot write to', async () => {
    const parent = join(await temporaryFolder(onTestFinished), 'a-file')
    writeFileSync(parent, '')
    expect(() => new SqliteStore(join(parent, 'state'))).toThrow(StorageFailed)
    expect(() => new SqliteStore(join(parent, 'state'))).toThrow(parent)
  })
})

describe.skipIf(!mayMount())('SqliteStore on a full disk', () => {
  it('refuses the commit, keeps what it has, and goes on once there is room', async () => {
    const disk = await temporaryFolder(onTestFinished)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'homeport-test', disk])
    onTestFinished(() => void execFileSync('umount', [disk]))
    const store = new SqliteStore(join(disk, 'state'))
    onTestFinished(() => store.close())
    store.commit([putDocument('a')], 1)
    store.keepGoodCopy()
    const ballast = join(disk, 'ballast')
    const fill = () =>
      store.commit([putDocument('big', { digest: 'x'.repeat(1_000_000) }), putDocument('b')], 2)

    expect(fill).toThrow(StorageFailed)
    expect(store.load()).toMatchObject({ documents: [{ phone: 'a' }], edgeTime: 1 })
    writeUntilFull(ballast)
    expect(() => store.keepGoodCopy()).toThrow(StorageFailed)
    expect(statSync(join(disk, 'state/state.db.good')).size).toBeGreaterThan(0)
    expect(fill).toThrow(StorageFailed)

    rmSync(ballast)
    store.commit([putDocument('c')], 3)
    expect(phones(store)).toEqual(['a', 'c'])
    store.keepGoodCopy()
  })
})

/** In each row: SQLite's pages stay as they should be. */
function changeALetter(path: string): void {
  const text = readFileSync(path, 'latin1').replaceAll('mosquitto', 'mosquitta')
  writeFileSync(path, text, 'latin1')
}

function replaceByFolder(path: string): void {
  rmSync(path)
  mkdirSync(path)
}

function replaceByOther(path: string): void {
  rmSync(path)
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE other (a)')
  database.close()
}

function contentOf(path: string): Buffer | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path) : undefined
}

function writeUntilFull(path: string): void {
  const block = Buffer.alloc(4096)
  expect(() => {
    for (;;) writeFileSync(path, block, { flag: 'a' })
  }).toThrow('ENOSPC')
}

/** Mounting takes root, and a container may forbid it all the same. */
function mayMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'homeport-test', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
