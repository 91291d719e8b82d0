import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'

/** A bundle as the function that Node makes of a CommonJS module. */
export type Program = (require: NodeJS.Require, module: { exports: unknown }) => void

/** What V8 made of a bundle when it was built lies beside it. */
export function cacheOf(bundle: string): string {
  return `${bundle}.cache`
}

/**
 * A bundle whose functions need not be compiled anew. V8 takes no cache of another V8, other flags or another bundle's
 * length, and compiles as it always does; so it does where there is none.
 */
export function scriptOf(bundle: string): Script {
  const source = `(function (require, module) {${readFileSync(bundle, 'utf8')}\n})`
  return new Script(source, { filename: bundle, cachedData: cacheThere(cacheOf(bundle)) })
}

function cacheThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
