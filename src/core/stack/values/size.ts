const POWERS: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5 }

const SIZE = /^(\d+\.?\d*|\.\d+) ?([a-z]*)$/

/** An amount of memory as Docker reads it, `512M`, `1.5 GiB` or `1024`, in bytes; all units are powers of 1024. */
export function readSize(text: string): number | undefined {
  const [, digits, suffix = ''] = SIZE.exec(text.toLowerCase()) ?? []
  if (digits === undefined) return undefined
  const number = Number(digits)
  if (suffix === '' || suffix === 'b') return Math.trunc(number)
  const power = POWERS[suffix.charAt(0)]
  if (power === undefined || !['', 'b', 'ib'].includes(suffix.slice(1))) return undefined
  const bytes = Math.trunc(number * 1024 ** power)
  return bytes <= 2 ** 63 ? bytes : undefined
}
