import { expect, it } from 'vitest'
import { readDotenv } from './dotenv.ts'

it.each(['A="hunter2', 'KEY=-----BEGIN\nhunter2+/=='])('says of a fault in %j no value', (text) => {
  const read = () => readDotenv(new TextEncoder().encode(text), () => undefined)
  expect(read).toThrow(/^line \d: /)
  expect(read).not.toThrow(/hunter/)
})
