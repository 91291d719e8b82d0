/** No answer could be had from the edge, or none that may be trusted. */
export class LineFailed extends Error {
  override readonly name = 'LineFailed'
  readonly code: 'edge-unreachable' | 'edge-untrusted'

  constructor(code: LineFailed['code'], detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.code = code
  }
}

/** What went wrong on a connection, in the system's words; all of them where several addresses were tried. */
export function unreachable(error: unknown): LineFailed {
  if (error instanceof LineFailed) return error
  const causes = error instanceof AggregateError ? error.errors : [error]
  const words = causes.map((cause) => (cause instanceof Error ? cause.message : String(cause)))
  return new LineFailed('edge-unreachable', words.join('; '), { cause: error })
}
