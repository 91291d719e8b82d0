import { hash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { Script } from 'node:vm'

/** A bundle as the function that Node makes of a CommonJS module. */
export type Program = (require: NodeJS.Require, module: { exports: unknown }) => void

const HEAD = '(function (require, module) {'

/** Bytes of the mark before the code: a SHA-256. */
const MARK = 32

/** What V8 made of a bundle when it was built lies beside it. */
export function cacheOf(bundle: string): string {
  return `${bundle}.cache`
}

/**
 * A bundle whose functions need not be compiled anew. V8 takes no code of another V8 or of other flags, and compiles as it always
 * does then; what is damaged, or of another bundle, it would run, so that is told by a mark and left alone.
 */
export function scriptOf(bundle: string): Script {
  const text = readFileSync(bundle)
  const cachedData = codeFor(text, cacheOf(bundle))
  return new Script(`${HEAD}${text.toString()}\n})`, {
    filename: bundle,
    // So that columns are those of the bundle.
    columnOffset: -HEAD.length,
    cachedData,
  })
}

/** What a script of `scriptOf` is, once it runs. */
export function programOf(script: Script): Program {
  return script.runInThisContext()
}

/** Writes what V8 has made of the bundle by now. */
export function keepCode(bundle: string, script: Script): void {
  const code = script.createCachedData()
  writeFileSync(cacheOf(bundle), Buffer.concat([markOf(readFileSync(bundle), code), code]))
}

function codeFor(text: Buffer, file: string): Buffer | undefined {
  try {
    const kept = readFileSync(file)
    const code = kept.subarray(MARK)
    return markOf(text, code).equals(kept.subarray(0, MARK)) ? code : undefined
  } catch {
    return undefined
  }
}

function markOf(text: Buffer, code: Buffer): Buffer {
  return hash('sha256', Buffer.concat([text, code]), 'buffer')
}
