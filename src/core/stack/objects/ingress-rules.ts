import type { HostPath } from '../model/service-model.ts'

export function pathType({ exact }: HostPath): string {
  return exact ? 'Exact' : 'Prefix'
}

/** One rule a host, with its paths. */
export function ingressRules(plain: readonly HostPath[], made: (one: HostPath) => object): object[] {
  const hosts = [...new Set(plain.map(({ host }) => host))]
  return hosts.map((host) => ({
    host,
    http: { paths: plain.filter((one) => one.host === host).map(made) },
  }))
}
