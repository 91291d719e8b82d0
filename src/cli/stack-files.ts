import { dirname, join } from 'node:path'
import type { FileAnswer, StackFiles } from '../core/stack/stack-files.ts'
import { type Disk, TooLarge } from './disk.ts'

export interface StackFilesRules {
  /** The folder of the first stack file, absolute. */
  readonly folder: string
  /** Where absolute paths of the host are read instead of at the root. */
  readonly hostRoot: string | undefined
  /** Whether paths may lead out of the folder. */
  readonly allowOutside: boolean
}

/** What a Secret or a ConfigMap of Kubernetes may hold, in bytes. */
const MOST_BYTES = 1024 * 1024

/** The files that a stack names, on a disk, and none beside those that its user allows. */
export function stackFiles(disk: Disk, rules: StackFilesRules): StackFiles {
  return { read: (path) => readAllowed(disk, path, rules) }
}

function readAllowed(
  disk: Disk,
  path: string,
  { folder, hostRoot, allowOutside }: StackFilesRules,
): FileAnswer {
  const inFolder = isBelow(path, folder)
  if (!inFolder && hostRoot !== undefined) return readBelow(disk, join(hostRoot, path), hostRoot, path)
  return readBelow(disk, path, allowOutside ? undefined : folder, path)
}

/** @param fence what the file has to be below, links followed; `undefined`: anywhere */
function readBelow(disk: Disk, at: string, fence: string | undefined, named: string): FileAnswer {
  try {
    // What is outside isn't even asked for: whether it is there is nobody's business.
    if (fence !== undefined && !isBelow(at, fence)) return outside(named)
    if (fence !== undefined && !isBelow(disk.real(at), disk.real(fence))) return outside(named)
    return { bytes: disk.read(at, MOST_BYTES) }
  } catch (error) {
    return failed(error, named)
  }
}

function outside(path: string): FileAnswer {
  return {
    refused: 'outside',
    detail: `${path} is outside of the stack's folder`,
    remedy:
      'Move it there; or give --host-root DIR with the files of the host below DIR, or --allow-outside to read it where it is.',
  }
}

function failed(error: unknown, path: string): FileAnswer {
  if (error instanceof TooLarge) {
    const detail = `${path} has more than ${MOST_BYTES} bytes, which is more than Kubernetes keeps in a Secret or ConfigMap`
    return { refused: 'too-large', detail, remedy: 'Put it into a volume.' }
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        refused: 'missing',
        detail: `open ${path}: no such file or directory`,
        remedy: `Put it into ${dirname(path)}.`,
      }
    case 'EISDIR':
      return { refused: 'directory', detail: `read ${path}: is a directory`, remedy: 'Name a file.' }
    case 'EACCES':
    case 'EPERM':
      return {
        refused: 'unreadable',
        detail: `open ${path}: permission denied`,
        remedy: 'See who may read it.',
      }
    default:
      return {
        refused: 'unreadable',
        detail: `open ${path}: ${code ?? String(error)}`,
        remedy: `See why: cat ${path}`,
      }
  }
}

function isBelow(path: string, folder: string): boolean {
  const clean = join(path)
  return clean === folder || clean.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}
