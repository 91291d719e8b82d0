import { accessSync, constants, mkdtempSync, rmdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Why a folder cannot be used, nor made where it is missing; undefined when it can. Below /proc and the like, where
 * nothing can be made, Node's `mkdir` with `recursive` goes round for ever instead of failing.
 */
export function folderFault(path: string): string | undefined {
  const found = nearest(path)
  try {
    if (!statSync(found).isDirectory()) return `${found} is no folder`
    accessSync(found, constants.W_OK | constants.X_OK)
    // What root may write by its mode need not take a folder: only an attempt tells.
    if (found !== path) rmdirSync(mkdtempSync(join(found, '.homeport-')))
    return undefined
  } catch (error) {
    return `${found} is no folder that can be written (${codeOf(error)})`
  }
}

/** The path itself, or the nearest of those above it that is there. */
function nearest(path: string): string {
  try {
    statSync(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error)) && dirname(path) !== path) return nearest(dirname(path))
  }
  return path
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
