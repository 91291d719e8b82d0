import type { Variables } from '../interpolate/substitute.ts'

/** A path as Docker makes it absolute: below the first file's folder and cleaned up; an absolute one stays as it is. */
export function absolutePath(folder: string, path: string): string {
  return path.startsWith('/') ? path : cleanPath(`${folder}/${path}`)
}

/** A path without `.`, `..`, and doubled or trailing slashes. */
export function cleanPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (!path.startsWith('/')) parts.push('..')
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`
}

/** The source of a bind mount, absolute; `~` is the home of whoever runs the command. Windows' paths stay. */
export function mountSource(source: string, folder: string, variables: Variables): string {
  const home = source.startsWith('~') ? variables.get('HOME') : undefined
  const path = home === undefined ? source : home + source.slice(1)
  return isWindowsPath(path) ? path : absolutePath(folder, path)
}

function isWindowsPath(path: string): boolean {
  return /^[a-zA-Z]:[\\/]/.test(path) || /^[\\/]{2}[^\\/.][^\\/]*[\\/][^\\/.][^\\/]*[\\/]/.test(path)
}
