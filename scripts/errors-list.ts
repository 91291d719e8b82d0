import { ERROR_CODES, errorEntry } from '../src/wire/error-codes.ts'

const LASTS = {
  permanent: 'permanent: the same call will be refused again',
  transient: 'transient: the same call may succeed later',
} as const

/** The list of docs/errors.md: a section a code, in the order of the table. */
export function errorsList(): string {
  const sections = ERROR_CODES.map((code) => {
    const { status, lasts, title, remedy } = errorEntry(code)
    return `### ${code}\n\n**${title}** (${status}, ${LASTS[lasts]})\n\n${remedy}`
  })
  return sections.join('\n\n')
}
