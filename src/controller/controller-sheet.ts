import type { SettingSheet, TellFault } from '../settings/sheet.ts'
import { type Settings, settingsFrom } from './settings.ts'

/** Why something on the machine cannot be used; undefined where it can. */
export interface Machine {
  accessFault(kubernetes: Settings['kubernetes']): string | undefined
  /** Of a file with certificates. */
  authorityFault(path: string): string | undefined
}

/** Where nobody says. */
const FINE: Machine = { accessFault: () => undefined, authorityFault: () => undefined }

/** The settings of `homeport controller`. */
export function controllerSheet(machine: Machine = FINE): SettingSheet<Settings> {
  const contradictions = (settings: Settings, fault: TellFault) => {
    contradict(settings, fault)
    const access = machine.accessFault(settings.kubernetes)
    if (access !== undefined) fault('kubernetes.config', access)
    const authority = settings.caFile && machine.authorityFault(settings.caFile)
    if (authority !== undefined) fault('caFile', authority)
  }
  return { program: 'controller', read: settingsFrom, contradictions }
}

/** A renewal may be late twice before the claims lapse. */
const INTERVALS_A_LEASE = 3

/** As the edge takes them (`TTL_SECONDS` of the wire), ms. */
const LEASE = { min: 5_000, max: 86_400_000 } as const

function contradict(settings: Settings, fault: TellFault): void {
  const { edges, addresses, tokenFile, namespaces, nodes, interval, lease, election } = settings
  if (edges.length === 0) fault('edges', 'is needed: the URL of an edge, such as https://203.0.113.5:9443')
  if (tokenFile === undefined) fault('tokenFile', 'is needed: a file with a token of the edge')
  const names = edges.flatMap(({ name }) => name ?? [])
  if (edges.length > 1 && names.length < edges.length)
    fault('edges', 'each needs a name where there are several: fra=https://...')
  if (new Set(names).size < names.length) fault('edges', 'each needs a name of its own')
  for (const { name } of addresses) {
    if (name === undefined && edges.length > 1)
      fault('addresses', 'each needs the name of its edge where there are several: fra=203.0.113.5')
    else if (name !== undefined && !names.includes(name)) fault('addresses', `there is no edge ${name}`)
  }
  if (lease.ttl < LEASE.min || lease.ttl > LEASE.max) fault('lease.ttl', 'is from 5s to 24h')
  if (lease.ttl < interval * INTERVALS_A_LEASE)
    fault(
      'lease.ttl',
      `is at least ${INTERVALS_A_LEASE} times the interval, so that a late call harms nothing`,
    )
  if (namespaces.length > 0 && nodes.address === 'ExternalIP')
    fault('nodes.address', 'is InternalIP where namespaces are named: a Pod says nothing else of its node')
  if (election.duration < 3_000) fault('election.duration', 'is at least 3s')
}
