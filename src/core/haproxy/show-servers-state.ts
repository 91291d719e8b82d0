/** What Homeport reads of one line of `show servers state` (management manual 2.6, 9.3; format version 1). */
export interface ServerState {
  readonly proxy: string
  readonly name: string
  /** srv_op_state: 0 stopped, 1 starting, 2 running, 3 stopping. */
  readonly operation: number
  /** srv_admin_state: a mask, 0 for a server that takes connections. */
  readonly administration: number
  /** srv_check_result: 0 until the first check has ended. */
  readonly checkResult: number
  /** srv_check_state: a mask. */
  readonly check: number
}

const COLUMNS = [
  'be_name',
  'srv_name',
  'srv_op_state',
  'srv_admin_state',
  'srv_check_result',
  'srv_check_state',
]
/** The only column that differs between two looks at a server to which nothing happened. */
const CLOCK = 'srv_time_since_last_change'
const HEADER = '# be_id '

/** A line as it was read last: what stands before the clock, what stands after it, and what was read. */
interface Remembered {
  readonly head: string
  readonly tail: string
  readonly state: ServerState
}

/** Lines read before, by their place; kept by the caller between two looks. */
export type LineMemory = Remembered[]

/**
 * Reads a reply of `show servers state`; undefined where the text is none. Called every second with a line per server, so a
 * line in which only the clock went on is not read again: its state is the very object that it was.
 */
export function parseShowServersState(reply: string, memory: LineMemory = []): ServerState[] | undefined {
  const lines = reply.split('\n')
  const header = lines.findIndex((line) => line.startsWith(HEADER))
  if (header < 0) return undefined
  const titles = (lines[header] ?? '').slice(2).split(' ')
  const states: ServerState[] = []
  for (const line of lines.slice(header + 1)) {
    const known = memory[states.length]
    if (known && line.startsWith(known.head) && line.endsWith(known.tail)) {
      states.push(known.state)
      continue
    }
    const read = readLine(line, titles)
    if (!read) continue
    memory[states.length] = read
    states.push(read.state)
  }
  memory.length = states.length
  return states
}

function readLine(line: string, titles: readonly string[]): Remembered | undefined {
  const fields = line.split(' ')
  const [proxy = -1, name = -1, operation = -1, administration = -1, checkResult = -1, check = -1] =
    COLUMNS.map((title) => titles.indexOf(title))
  if (fields.length <= Math.max(proxy, name, operation, administration, checkResult, check)) return undefined
  const clock = titles.indexOf(CLOCK)
  return {
    head: `${fields.slice(0, clock).join(' ')} `,
    tail: ` ${fields.slice(clock + 1).join(' ')}`,
    state: {
      proxy: fields[proxy] ?? '',
      name: fields[name] ?? '',
      operation: Number(fields[operation]),
      administration: Number(fields[administration]),
      checkResult: Number(fields[checkResult]),
      check: Number(fields[check]),
    },
  }
}
