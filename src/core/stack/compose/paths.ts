/** A place in a Compose file by its keys; `[]` is any item of a list. In a pattern `*` is any key or item. */
export function matches(path: readonly string[], pattern: string): boolean {
  const wanted = split(pattern)
  return wanted.length === path.length && wanted.every((key, index) => key === '*' || key === path[index])
}

const known = new Map<string, readonly string[]>()

function split(pattern: string): readonly string[] {
  const parts = known.get(pattern) ?? pattern.split('.')
  known.set(pattern, parts)
  return parts
}
