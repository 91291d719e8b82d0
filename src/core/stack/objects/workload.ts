import type { ServiceModel } from '../model/service-model.ts'
import { dnsName } from '../names.ts'
import { podSelector, STAYS, stackLabels } from './labels.ts'
import type { KubernetesObject } from './object.ts'
import { type PodPlace, podTemplate } from './pod.ts'

export type { PodPlace } from './pod.ts'

/** What runs a service: a Deployment, a DaemonSet or a Job. */
export function workload(service: ServiceModel, place: PodPlace): KubernetesObject {
  const { run, name } = service
  if (run.kind === 'Job') return job(service, place)
  const metadata = { name, namespace: place.namespace, labels: serviceLabels(service, place.namespace) }
  const selector = { matchLabels: podSelector(place.namespace, name) }
  const template = podTemplate(service, place, undefined)
  const { maxSurge, maxUnavailable, minReadySeconds, recreate } = run.update
  const rollingUpdate = { maxSurge, maxUnavailable }
  const steady = minReadySeconds || undefined
  if (run.kind === 'DaemonSet') {
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate }
    return {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      spec: { minReadySeconds: steady, selector, updateStrategy, template },
    }
  }
  const strategy = recreate ? { type: 'Recreate' } : { type: 'RollingUpdate', rollingUpdate }
  // The API server wants a deadline beyond the wait, and has 600 s by itself.
  const progressDeadlineSeconds = minReadySeconds >= 600 ? minReadySeconds + 600 : undefined
  const spec = {
    replicas: run.replicas,
    minReadySeconds: steady,
    progressDeadlineSeconds,
    selector,
    strategy,
    template,
  }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }
}

/** A Job never changes: another template is another Job. */
function job(service: ServiceModel, place: PodPlace): KubernetesObject {
  const spec = jobSpec(service, place)
  const name = jobName(service, place)
  const labels = serviceLabels(service, place.namespace)
  const stays = service.run.kind === 'Job' && service.run.stays
  const annotations = stays ? { [STAYS]: 'true' } : undefined
  const metadata = { name, namespace: place.namespace, labels, annotations }
  return { apiVersion: 'batch/v1', kind: 'Job', metadata, spec }
}

function jobSpec(service: ServiceModel, place: PodPlace): object {
  const { run } = service
  if (run.kind !== 'Job') throw new Error(`${service.key} is no job`)
  const template = podTemplate(service, place, run.retries === 0 ? 'Never' : 'OnFailure')
  return { backoffLimit: run.retries, completions: run.tasks, parallelism: run.atOnce, template }
}

/** With the hash of all that it is. */
export function jobName(service: ServiceModel, place: PodPlace): string {
  const known = place.jobNames.get(service.key)
  if (known !== undefined) return known
  const hash = place.digest(JSON.stringify(jobSpec(service, place))).slice(0, 10)
  const name = `${dnsName(service.name, place.digest, 52)}-${hash}`
  place.jobNames.set(service.key, name)
  return name
}

export function serviceLabels(service: ServiceModel, namespace: string): Record<string, string> {
  return {
    ...stackLabels(namespace),
    ...podSelector(namespace, service.name),
    'app.kubernetes.io/name': service.name,
  }
}
