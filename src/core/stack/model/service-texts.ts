import type { CanonicalService } from '../canonical.ts'
import type { CanonicalHealthcheck } from '../canonical-service.ts'
import type { Path } from '../place.ts'
import type { StackContext } from './context.ts'
import { readEnvironment } from './environment.ts'
import { escapeReferences } from './escape.ts'
import { textKind } from './name-place.ts'
import type { Variable } from './service-model.ts'

/** What a service says in words: all of it is read before anything else, for it names hosts and ports of other services. */
export interface ServiceTexts {
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly environment: readonly Variable[]
  readonly healthcheck?: CanonicalHealthcheck | undefined
}

export function readTexts(service: CanonicalService, key: string, context: StackContext): ServiceTexts {
  const path: Path = ['services', key]
  const words = (kind: 'command' | 'entrypoint') =>
    service[kind].map((word, index) => {
      // `--host=db`: the flag says what the value is.
      const flag = /^-*([\w.-]+)=/.exec(word)?.[1]
      const textIs = flag === undefined ? 'text' : textKind(flag)
      return escapeReferences(context.names.rewrite(word, textIs, [...path, kind, index], context.findings))
    })
  const test = service.healthcheck?.test.map((text) =>
    context.names.rewrite(text, 'text', [...path, 'healthcheck', 'test'], context.findings),
  )
  return {
    command: words('entrypoint'),
    args: words('command'),
    environment: readEnvironment(service, key, path, context),
    healthcheck: service.healthcheck && test && { ...service.healthcheck, test },
  }
}
