import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'

/** `registry:5000/path/name:tag@sha256:...`: https://pkg.go.dev/github.com/distribution/reference */
const IMAGE =
  /^([A-Za-z0-9.-]+(:\d+)?\/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/

/** What `docker stack config` prints and `docker stack deploy` refuses; names that lead nowhere are refused where they are read. */
export function refuseUndeployable(service: CanonicalService, path: Path, findings: Findings): void {
  const { deploy, healthcheck } = service
  const image = service.image?.trim()
  if (!image)
    findings.refuse(
      service.build ? [...path, 'build'] : path,
      'there is no image, and nothing is built here',
      'Build it, push it to a registry, and write image: NAME:TAG.',
    )
  else if (!IMAGE.test(image))
    findings.refuse(
      [...path, 'image'],
      `${image} is no reference to an image`,
      'Write name:tag or registry.example.com/name:tag, the name in small letters.',
    )
  if (deploy.mode?.startsWith('global') && deploy.replicas !== undefined)
    findings.refuse(
      [...path, 'deploy', 'replicas'],
      'replicas can only be used with replicated or replicated-job mode',
      'Take it out: a global service has one task on each node.',
    )
  if (healthcheck?.disable && healthcheck.test.length > 0)
    findings.refuse(
      [...path, 'healthcheck', 'disable'],
      'a healthcheck has a test or is disabled, not both',
      'Keep one of the two.',
    )
  service.volumes.forEach(({ type, source }, index) => {
    if (type === 'tmpfs' && source)
      findings.refuse(
        [...path, 'volumes', index, 'source'],
        'a tmpfs has no source',
        'Take it out, or write type: volume.',
      )
  })
  for (const kind of ['update_config', 'rollback_config'] as const) {
    const order = deploy[kind]?.order
    if (order !== undefined && order !== 'stop-first' && order !== 'start-first')
      findings.refuse(
        [...path, 'deploy', kind, 'order'],
        `there is no order ${order}`,
        'Write stop-first or start-first.',
      )
  }
  const mode = deploy.endpoint_mode
  if (mode !== undefined && mode !== 'vip' && mode !== 'dnsrr')
    findings.refuse(
      [...path, 'deploy', 'endpoint_mode'],
      `there is no endpoint_mode ${mode}`,
      'Write vip or dnsrr.',
    )
}
