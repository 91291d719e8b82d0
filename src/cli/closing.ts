import type { ReleaseAnswer } from '../wire/document.ts'

/** A line for each port that was released and is open still; none where all are closed. */
export function closingText(closing: ReleaseAnswer['closing']): string {
  return closing
    .map(({ protocol, port, code, detail }) => `${protocol}/${port} is open still: ${code}: ${detail}\n`)
    .join('')
}
