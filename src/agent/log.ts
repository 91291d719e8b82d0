export type LogLevel = 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, string | number | undefined>>

/** One line for each thing that changes. */
export interface Log {
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

/** Lines of text, `time level message key=value`, or of JSON. */
export function lineLog(form: 'text' | 'json', write: (line: string) => void, now: () => number): Log {
  const line = (level: LogLevel, message: string, fields: LogFields = {}) => {
    const time = new Date(now()).toISOString()
    write(
      form === 'json'
        ? `${JSON.stringify({ time, level, message, ...fields })}\n`
        : text(time, level, message, fields),
    )
  }
  return {
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, fields) => line('error', message, fields),
  }
}

function text(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const pairs = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [` ${key}=${quoted(String(value))}`],
  )
  return `${time} ${level.padEnd(5)} ${message}${pairs.join('')}\n`
}

/** An edge's words stay within their line and their field. */
function quoted(value: string): string {
  return /^[\w./:@[\]-]+$/.test(value) ? value : JSON.stringify(value)
}
