import { readFileSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import { Line } from '../phone-line/line.ts'
import type { Trust } from '../phone-line/trust.ts'
import { EXIT, type ExitCode } from '../wire/exit-code.ts'
import { watchAddresses } from './address-watch.ts'
import { type AgentEdge, runAgent } from './agent.ts'
import type { Caller } from './caller.ts'
import { systemClock } from './clock.ts'
import { DocumentCaller } from './document-caller.ts'
import { helpText } from './help.ts'
import { HookCaller } from './hook-caller.ts'
import { type Log, lineLog } from './log.ts'
import { runOnce } from './once.ts'
import type { Pair } from './pairing.ts'
import { type Machine, readSettings } from './read-settings.ts'
import { openReadiness } from './readiness.ts'
import { releaseAll } from './release.ts'
import { RotatingCaller } from './rotating-caller.ts'
import { type Settings, SettingsInvalid } from './settings.ts'
import { TokenSource } from './token-source.ts'

/** Where Kubernetes tells a pod its namespace. */
const POD_NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

/** Milliseconds for giving the claims up: well within the 30 s that Kubernetes leaves a pod. */
const RELEASE_TIME = 5_000

/** Runs `homeport agent` until it is told to stop; resolves with the exit code. */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<ExitCode> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(helpText())
    return EXIT.ok
  }
  try {
    return await start(readSettings(args, env, thisMachine()))
  } catch (error) {
    if (error instanceof SettingsInvalid) {
      const lines = error.faults.map((fault) => `  ${fault}\n`)
      process.stderr.write(`homeport agent: config-invalid\n${lines.join('')}See homeport agent --help.\n`)
      return EXIT.usage
    }
    process.stderr.write(`homeport agent: ${error instanceof Error ? error.message : String(error)}\n`)
    return EXIT.fault
  }
}

async function start(settings: Settings): Promise<ExitCode> {
  const log = lineLog(settings.log, (line) => process.stdout.write(line), systemClock.now)
  const edges = openEdges(settings, log)
  const readiness = await openReadiness(settings)
  const stop = onStopSignal()
  try {
    const parts = {
      edges,
      clock: systemClock,
      random: Math.random,
      interval: settings.interval,
      log,
      readiness,
    }
    if (settings.once) return await runOnce(parts, stop)
    const watch = (onChange: () => void, end: AbortSignal) =>
      watchAddresses(networkInterfaces, systemClock, onChange, end)
    const code = await runAgent({ ...parts, watchAddresses: watch }, stop)
    readiness.set(false)
    if (stop.aborted && settings.release) await releaseAll(edges, log, AbortSignal.timeout(RELEASE_TIME))
    return code
  } finally {
    for (const { caller } of edges) caller.close()
    readiness.close()
  }
}

function openEdges(settings: Settings, log: Log): AgentEdge[] {
  const onFault = (fault: string) => log.warn('the token file cannot be used', { detail: fault })
  const source = new TokenSource(settings, thisMachine().readFile, onFault)
  return settings.edges.map((edge, index) => {
    let onBreak = () => {}
    const callerFor = (pair: Pair) => openCaller(settings, pair, () => onBreak())
    const caller = new RotatingCaller({
      pair: () => source.pair(index),
      callerFor,
      mayChange: settings.tokens.kind === 'file',
    })
    const listen = (listener: () => void) => {
      onBreak = listener
    }
    return { name: edge.host, caller, onBreak: listen }
  })
}

function openCaller(settings: Settings, pair: Pair, onBreak: () => void): Caller {
  const { sourceAddress } = settings
  const trust = trustIn(settings, pair)
  const line = new Line({ url: pair.edge, trust, ...(sourceAddress !== undefined && { sourceAddress }) })
  line.onBreak = onBreak
  const { token } = pair
  if (pair.style === 'hook') return new HookCaller({ line, settings, token })
  return new DocumentCaller({ line, settings, token, tokenId: pair.tokenId, startedAt: systemClock.now() })
}

function trustIn({ authorities }: Settings, pair: Pair): Trust {
  if (authorities !== undefined) return { kind: 'authority', pem: authorities }
  return pair.style === 'hook'
    ? { kind: 'authority' }
    : { kind: 'fingerprint', fingerprint: pair.fingerprint }
}

/** Fires at SIGTERM or SIGINT; a second one ends the process at once. */
function onStopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort())
  return stop.signal
}

function thisMachine(): Machine {
  const readFile = (path: string) => readFileSync(path, 'utf8')
  const machine = { hostname: hostname(), readFile }
  try {
    return { ...machine, namespace: readFile(POD_NAMESPACE).trim() }
  } catch {
    return machine
  }
}
