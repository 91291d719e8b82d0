import type { Refusal } from '../../core/refusal.ts'

/** A configuration that could not be loaded for a reason that lies in no route. What ran before goes on. */
export class LoadRefused extends Error implements Refusal {
  override readonly name = 'LoadRefused'
  readonly code: 'haproxy-refused' | 'storage-failed'

  constructor(code: LoadRefused['code'], detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.code = code
  }

  get detail(): string {
    return this.message
  }
}
