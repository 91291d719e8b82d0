import { escapeReferences } from '../model/escape.ts'
import type { Port, ServiceModel } from '../model/service-model.ts'
import { freeName } from '../names.ts'
import { stackLabels } from './labels.ts'
import type { KubernetesObject } from './object.ts'
import { jobName, type PodPlace } from './workload.ts'

/** What a pod has so that it starts once the services that it waits for are so far. */
export interface WaitParts {
  readonly containers: readonly object[]
  readonly volumes: readonly object[]
  /** The account that may ask after the jobs; none: nothing is asked of the API server. */
  readonly account?: string | undefined
}

const TOKEN = 'wait-token'
const TOKEN_PATH = '/var/run/secrets/homeport.dev/wait'

/**
 * An init container for each service that is waited for. Whether one is healthy its Service says: it has only pods that are
 * ready. Whether a job has ended well only the API server knows; the token for that is in the init container alone.
 */
export function waitParts(service: ServiceModel, place: PodPlace): WaitParts {
  const waits = service.waits ?? []
  const found = waits.flatMap(({ key, condition }) => {
    const target = place.services.find((one) => one.key === key)
    return target
      ? [{ target, isJob: condition === 'service_completed_successfully' && target.run.kind === 'Job' }]
      : []
  })
  const containers = found.map(({ target, isJob }) =>
    isJob
      ? container(target, jobScript(target, place), place, true)
      : container(target, healthScript(target, place), place, false),
  )
  if (!found.some(({ isJob }) => isJob)) return { containers, volumes: [] }
  return {
    containers,
    volumes: [tokenVolume()],
    account: service.account?.name ?? accountName(service, place),
  }
}

/** The jobs that a service waits for. */
export function jobsAwaited(service: ServiceModel, services: readonly ServiceModel[]): ServiceModel[] {
  return (service.waits ?? []).flatMap(({ key, condition }) => {
    const target = services.find((one) => one.key === key)
    return condition === 'service_completed_successfully' && target?.run.kind === 'Job' ? [target] : []
  })
}

function container(target: ServiceModel, script: string, { waitImage }: PodPlace, hasToken: boolean): object {
  return {
    name: `wait-for-${target.name}`,
    image: waitImage,
    command: ['/bin/sh', '-c', escapeReferences(script)],
    resources: { limits: { memory: '32Mi' }, requests: { cpu: '1m', memory: '8Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 65534,
    },
    volumeMounts: hasToken ? [{ name: TOKEN, mountPath: TOKEN_PATH, readOnly: true }] : undefined,
  }
}

/** A Service with an address of its own refuses until a pod is ready; the name of one without leads nowhere until then. */
function healthScript(target: ServiceModel, { namespace }: PodPlace): string {
  const host = `${target.name}.${namespace}.svc`
  const ports = target.headless ? [] : target.ports.filter(({ protocol }) => protocol === 'TCP')
  const asks =
    ports.length > 0
      ? ports.map((port) => connects(host, port))
      : [`getent hosts ${host} >/dev/null 2>&1`, `nslookup ${host} >/dev/null 2>&1`]
  return `until ${asks.join(' || ')}; do sleep 1; done`
}

function connects(host: string, { port }: Port): string {
  return `nc -z -w 2 ${host} ${port} </dev/null >/dev/null 2>&1`
}

/** A job whose condition `Complete` is true has ended well. What asks is over once it has: the job is not asked for again. */
function jobScript(target: ServiceModel, place: PodPlace): string {
  const url = `https://kubernetes.default.svc/apis/batch/v1/namespaces/${place.namespace}/jobs/${jobName(target, place)}`
  const ask = `curl -sS -m 10 --cacert ${TOKEN_PATH}/ca.crt -H "Authorization: Bearer $(cat ${TOKEN_PATH}/token)" ${url}`
  const isDone = `tr -d ' \\n' | grep -q '"type":"Complete","status":"True"'`
  return `until ${ask} | ${isDone}; do sleep 2; done`
}

function tokenVolume(): object {
  return {
    name: TOKEN,
    projected: {
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      ],
    },
  }
}

function accountName(service: ServiceModel, { services, digest }: PodPlace): string {
  const taken = new Set(services.flatMap(({ account }) => account?.name ?? []))
  return freeName(`${service.name}-waits`, taken, digest)
}

/** What lets the pods of a service ask after the jobs that they wait for, and after nothing else. */
export function waitRoles(place: PodPlace): KubernetesObject[] {
  const { namespace } = place
  return place.services.flatMap((service) => {
    const { account } = waitParts(service, place)
    if (account === undefined) return []
    const jobs = jobsAwaited(service, place.services).map((job) => jobName(job, place))
    const labels = stackLabels(namespace)
    const name = accountName(service, place)
    const metadata = { name, namespace, labels }
    const rules = [
      { apiGroups: ['batch'], resources: ['jobs'], resourceNames: jobs.toSorted(), verbs: ['get'] },
    ]
    const own =
      service.account === undefined
        ? [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false }]
        : []
    return [
      ...own,
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
      },
    ]
  })
}
