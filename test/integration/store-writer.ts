/** Commits one document after the other and prints the number of each once it is acknowledged: `store-writer FOLDER FROM`. */
import { writeSync } from 'node:fs'
import { SqliteStore } from '../../src/edge/store/sqlite-store.ts'
import { aDocument } from '../../src/testing/documents.ts'

const [folder = '', from = '0'] = process.argv.slice(2)
const store = new SqliteStore(folder)
for (let number = Number(from) + 1; ; number++) {
  const phone = `phone-${number % 50}`
  const document = { ...aDocument(phone), version: number }
  store.commit([{ kind: 'put-document', key: `home/${phone}`, document }], number)
  writeSync(1, `${number}\n`)
}
