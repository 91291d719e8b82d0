/** What Homeport reads of one line of `show stat` (CSV). */
export interface Stat {
  readonly proxy: string
  /** A server's name, `FRONTEND` or `BACKEND`. */
  readonly name: string
  readonly sessions: number
  /** `OPEN`, `UP`, `DOWN`, `MAINT` ... */
  readonly status: string
  /** Why a server is down, in HAProxy's words (empty where it has none); undefined where it is not. */
  readonly failure?: string
}

const HEADER = '# pxname,'

/** Reads a reply of `show stat`; undefined where the text is none. Columns are found by their titles: 3.0 has more than 2.6. */
export function parseShowStat(reply: string): Stat[] | undefined {
  const lines = reply.split('\n')
  const header = lines.findIndex((line) => line.startsWith(HEADER))
  if (header < 0) return undefined
  const titles = (lines[header] ?? '').slice(2).split(',')
  const column = (title: string) => titles.indexOf(title)
  const [sessions, status, text, words] = ['scur', 'status', 'check_desc', 'last_chk'].map(column)
  const width = Math.max(sessions ?? 0, status ?? 0, text ?? 0, words ?? 0) + 1
  const stats: Stat[] = []
  for (const line of lines.slice(header + 1)) {
    const fields = splitCsv(line, width)
    const field = (index: number | undefined) => fields[index ?? -1] ?? ''
    if (fields.length < 2) continue
    const failure = field(status).startsWith('DOWN') ? failureText(field(text), field(words)) : undefined
    stats.push({
      proxy: field(0),
      name: field(1),
      sessions: Number(field(sessions)) || 0,
      status: field(status),
      ...(failure === undefined ? {} : { failure }),
    })
  }
  return stats
}

function failureText(description: string, words: string): string {
  return [description, words].filter((text) => text !== '').join(': ')
}

/** The first `width` fields of a line; a field in double quotes may hold commas and doubled quotes. */
function splitCsv(line: string, width: number): string[] {
  if (!line.includes('"')) return line.split(',', width)
  const fields = line.match(/"(?:[^"]|"")*"|[^,"]+|(?<=,|^)(?=,|$)/g) ?? []
  return fields
    .slice(0, width)
    .map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field))
}
