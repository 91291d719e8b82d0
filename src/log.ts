import pino from 'pino'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** One line of JSON a change of state; never one a heartbeat. */
export type Log = Pick<pino.Logger, LogLevel>

/** Fields that never reach a log, wherever they stand. The code logs none of them; this is the second lock. */
const SECRETS = ['token', 'secret', 'authorization', 'password', 'hash', 'key']

/**
 * A log that writes each line before it returns, so that the last words of a daemon that dies are there. Time is in ISO
 * 8601, levels are words; the process id and the host are left to whoever collects the lines.
 *
 * @param write where lines go; standard output unless told
 */
export function createLog(level: LogLevel, write?: (line: string) => void): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '(hidden)' },
    },
    write ? { write } : pino.destination({ dest: 1, sync: true }),
  )
}
