import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { parseRange } from '../core/address/range.ts'
import type { Driver, DriverEvent } from '../core/plan/driver.ts'
import type { ClaimRules } from '../core/registry/claim-rules.ts'
import { createLog } from '../log.ts'
import { type Flags, loadSettings } from '../settings/load-settings.ts'
import { version } from '../version.ts'
import { BodyRoom } from './api/body-room.ts'
import type { ApiParts } from './api/parts.ts'
import { edgeSheet } from './config/edge-sheet.ts'
import { folderFault } from './config/folder-fault.ts'
import type { Settings } from './config/settings.ts'
import { Edge } from './edge.ts'
import { EphemeralPorts } from './ephemeral-ports.ts'
import { GoodCopyKeeper } from './good-copy-keeper.ts'
import { HaproxyDriver } from './haproxy/haproxy-driver.ts'
import { haproxySettings } from './haproxy-settings.ts'
import { keepHouse } from './housekeeping.ts'
import { createMetrics } from './metrics.ts'
import { OwnAddresses } from './own-addresses.ts'
import { reservedPorts } from './reserved-ports.ts'
import { listen } from './servers.ts'
import { collectGarbage, SpareMemory } from './spare-memory.ts'
import { SqliteStore } from './store/sqlite-store.ts'
import { CertificateWatch } from './tls/certificate-watch.ts'
import { type Credentials, ownCredentials, readCredentials } from './tls/credentials.ts'
import { otherKeyWarning } from './tls/key-change.ts'
import { TokenBook } from './token-book.ts'
import { TurnedAway } from './turned-away.ts'

/** An edge that runs. */
export interface RunningEdge {
  /** The port of the API: the one that was given out where the settings say 0. */
  readonly port: number
  /** Lets go of the phones, the store and HAProxy, which goes on. */
  stop(): Promise<void>
}

/**
 * Builds the edge from real things and starts it: the only place that does.
 * @throws ConfigInvalid, StateUnusable, CredentialsUnusable
 */
export async function startEdge(
  flags: Flags,
  environment: Flags,
  makeDriver: DriverMaker = haproxyDriver,
): Promise<RunningEdge> {
  const settings = loadSettings(edgeSheet(folderFault), flags, environment)
  const log = createLog(settings.log.level)
  const monotonic = () => performance.now()
  const wallClock = () => Date.now()
  mkdirSync(settings.runtimeDir, { recursive: true, mode: 0o700 })

  const store = new SqliteStore(settings.stateDir)
  const saved = store.load()
  const ownAddresses = new OwnAddresses(networkInterfaces, settings.publicAddresses, monotonic)
  const readCertificate = (known?: Credentials) => readPair(settings, ownAddresses, wallClock(), known)
  const certificate = new CertificateWatch({ first: await readCertificate(), read: readCertificate, log })
  const keyWarning = () => otherKeyWarning(tokens.countOfOtherKey())

  const ephemeralPorts = new EphemeralPorts((path) => readFileSync(path, 'utf8'), monotonic)
  const spareMemory = new SpareMemory(collectGarbage)
  const driver = makeDriver(settings, monotonic, ({ type, detail }) => edge.tell(type, detail))
  const edge: Edge = new Edge({
    store,
    saved,
    driver,
    rules: claimRules(settings, ownAddresses),
    holdTime: settings.leases.hold,
    tokenLives: (id) =>
      id === OPERATOR || (id === WEBHOOK && settings.webhook.listen !== undefined) || tokens.lives(id),
    log,
    monotonic,
    wallClock,
    version,
    get fingerprint() {
      return certificate.current.fingerprint
    },
    isEphemeral: (port) => ephemeralPorts.has(port),
    warnings: () => [certificate.fault, keyWarning()].filter((warning) => warning !== undefined),
    onChanged: (ports) => spareMemory.changed(ports),
  })
  const goodCopy = new GoodCopyKeeper({ store, log, monotonic })
  const tokens = new TokenBook({
    store,
    tokens: saved.tokens,
    get fingerprint() {
      return certificate.current.fingerprint
    },
    wallClock,
    edgeTime: () => edge.edgeTime(),
    randomBytes,
    onChange: () => goodCopy.tokensChanged(),
  })
  const turnedAway = new TurnedAway(log, monotonic)
  const metrics = createMetrics({ edge, turnedAway, version })
  const parts: ApiParts = {
    edge,
    tokens,
    bodies: new BodyRoom(),
    metrics: () => metrics.text(),
    openMetrics: settings.api.openMetrics,
    trustedProxies: settings.api.trustedProxies.flatMap((text) => parseRange(text) ?? []),
    log,
    onTurnedAway: (caller) => turnedAway.note(caller),
  }

  const stopKeepingHouse = keepHouse(goodCopy, turnedAway)
  const letGo = async () => {
    stopKeepingHouse()
    spareMemory.stop()
    await edge.stop()
    await driver.close()
    store.close()
  }
  try {
    await edge.start()
    const servers = await listen(parts, settings, certificate.current)
    const { fingerprint } = certificate.current
    log.info({ version, fingerprint, port: servers.port }, 'the edge is ready')
    const warnOfKey = () => {
      const detail = keyWarning()
      if (detail !== undefined) log.warn({ detail }, 'tokens name another key')
    }
    warnOfKey()
    const whose = settings.tls.certificate === undefined ? 'own' : 'operators'
    const stopFollowing = certificate.follow(LOOK_AT_CERTIFICATE_EVERY[whose], (renewed) => {
      servers.renewCertificate(renewed)
      warnOfKey()
    })
    return {
      port: servers.port,
      stop: async () => {
        stopFollowing()
        await servers.close()
        await letGo()
        log.info('the edge has stopped; HAProxy goes on')
      },
    }
  } catch (error) {
    await letGo()
    throw error
  }
}

/** Makes what carries the traffic. Benchmarks bring one that carries none. */
export type DriverMaker = (
  settings: Settings,
  monotonic: () => number,
  onEvent: (event: DriverEvent) => void,
) => Driver

function haproxyDriver(...[settings, now, onEvent]: Parameters<DriverMaker>): Driver {
  return new HaproxyDriver(haproxySettings(settings), { now, onEvent })
}

/** Who writes through the socket on the edge itself, and who through the original's webhook. */
const [OPERATOR, WEBHOOK] = ['operator', 'webhook']

/** `homeport edge`: runs until it is told to stop. Flags by name without the dashes. */
export async function main(flags: Flags, environment: NodeJS.ProcessEnv): Promise<void> {
  process.umask(0o077)
  const edge = await startEdge(flags, environment)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
  await edge.stop()
}

/** How often the operator's certificate is looked at, and the edge's own, which nobody changes but the edge; ms. */
const LOOK_AT_CERTIFICATE_EVERY = { operators: 5_000, own: 3_600_000 } as const

/** The operator's certificate and key, or the edge's own: made anew before they expire. */
async function readPair(
  { tls: { certificate, key }, stateDir }: Settings,
  ownAddresses: OwnAddresses,
  now: number,
  known: Credentials | undefined,
): Promise<Credentials> {
  if (certificate === undefined || key === undefined) {
    return ownCredentials(join(stateDir, 'tls'), [...ownAddresses.list()], now)
  }
  return readCredentials(certificate, key, known)
}

function claimRules(settings: Settings, ownAddresses: OwnAddresses): ClaimRules {
  return {
    reservedPorts: reservedPorts(settings),
    get ownAddresses() {
      return ownAddresses.list()
    },
    allowLoopback: settings.backends.allowLoopback,
    protocols: new Set(['tcp']),
  }
}
