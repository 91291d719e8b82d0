import { onTestFinished } from 'vitest'
import { SqliteStore } from '../../src/edge/store/sqlite-store.ts'
import { MemoryStore } from '../../src/testing/memory-store.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { storeContract } from './store.ts'

storeContract('MemoryStore', async () => {
  const store = new MemoryStore()
  return () => store
})

storeContract('SqliteStore', async () => {
  const folder = await temporaryFolder(onTestFinished)
  return () => new SqliteStore(folder)
})
