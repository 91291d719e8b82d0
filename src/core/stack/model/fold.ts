/**
 * One source is one volume: each path with the highest of the given ones that it is in, and the way down from there.
 * @param paths canonical.
 */
export function foldPaths(paths: Iterable<string>): Map<string, { root: string; subPath: string }> {
  const folded = new Map<string, { root: string; subPath: string }>()
  let root: string | undefined
  // With the slash behind, what is in a folder comes right after it: so nothing else stands between.
  for (const path of [...new Set(paths)].toSorted(byTree)) {
    if (root === undefined || !`${path}/`.startsWith(`${root}/`)) root = path
    folded.set(path, { root, subPath: path.slice(root.length + 1) })
  }
  return folded
}

function byTree(a: string, b: string): number {
  return `${a}/` < `${b}/` ? -1 : 1
}
