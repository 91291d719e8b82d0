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
const HEADER = '# be_id '

/**
 * Reads a reply of `show servers state`; undefined where the text is none. Called every second with a line per server, so it
 * cuts each line only as far as it must.
 */
export function parseShowServersState(reply: string): ServerState[] | undefined {
  const lines = reply.split('\n')
  const header = lines.findIndex((line) => line.startsWith(HEADER))
  if (header < 0) return undefined
  const titles = (lines[header] ?? '').slice(2).split(' ')
  const [proxy = -1, name = -1, operation = -1, administration = -1, checkResult = -1, check = -1] =
    COLUMNS.map((title) => titles.indexOf(title))
  const last = Math.max(proxy, name, operation, administration, checkResult, check)
  const states: ServerState[] = []
  for (const line of lines.slice(header + 1)) {
    const fields = line.split(' ', last + 1)
    if (fields.length <= last) continue
    states.push({
      proxy: fields[proxy] ?? '',
      name: fields[name] ?? '',
      operation: Number(fields[operation]),
      administration: Number(fields[administration]),
      checkResult: Number(fields[checkResult]),
      check: Number(fields[check]),
    })
  }
  return states
}
