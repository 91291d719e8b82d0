import type { LocatedMap } from '../located.ts'
import type { Place } from '../place.ts'
import type { Lowering } from './lowering.ts'
import { itemsOf, scalarNode, textAt, textNode, valueAt } from './nodes.ts'
import { withDeep } from './with-deep.ts'

/** As often as Kubernetes itself tries a Job again: what is needed may not be there at once. */
const TRIES = 6

/** `restart` as Swarm's restart_policy, which wins where both are written. What others wait for the end of is a job. */
export function lowerRun(service: LocatedMap, name: string, lowering: Lowering): LocatedMap {
  const node = valueAt(service, 'restart')
  const place = node?.place ?? service.place
  const [policy = '', count = ''] = (textAt(node) ?? '').split(':')
  const isJob = lowering.jobs.has(name)
  const typed = isJob ? withDeep(service, ['deploy', 'mode'], textNode('replicated-job', place)) : service
  if (!/^(|no|always|unless-stopped|on-failure)$/.test(policy) || (count !== '' && !/^\d{1,9}$/.test(count)))
    lowering.refuse(
      ['services', name, 'restart'],
      place,
      `there is no restart ${textAt(node)}`,
      'Write no, always, on-failure, on-failure:3 or unless-stopped.',
    )
  if (valueAt(service, 'deploy', 'restart_policy') !== undefined) return typed
  if (policy === 'on-failure') return withPolicy(typed, 'on-failure', Number(count), place)
  if (isJob)
    return policy === 'no'
      ? withPolicy(typed, 'none', 0, place)
      : withPolicy(typed, 'on-failure', policy === '' ? TRIES : 0, place)
  if (policy !== 'no') return typed
  if (!serves(service)) return withPolicy(typed, 'none', 0, place)
  lowering.warn(
    ['services', name, 'restart'],
    place,
    'Kubernetes starts the service again when it ends, rather than no',
    'Take the ports and the health check out where it is a task that ends.',
  )
  return typed
}

function withPolicy(service: LocatedMap, condition: string, attempts: number, place: Place): LocatedMap {
  const policy = ['deploy', 'restart_policy']
  const set = withDeep(service, [...policy, 'condition'], textNode(condition, place))
  if (attempts === 0) return set
  return withDeep(set, [...policy, 'max_attempts'], scalarNode({ form: 'int', value: attempts }, place))
}

function serves(service: LocatedMap): boolean {
  const isChecked = valueAt(service, 'healthcheck') && textAt(service, 'healthcheck', 'disable') !== 'true'
  return ['ports', 'expose'].some((key) => itemsOf(valueAt(service, key)).length > 0) || isChecked === true
}
