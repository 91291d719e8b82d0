import { describe, expect, it } from 'vitest'
import type { RefusalReport } from '../phone-line/refusal.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { runAgent } from './agent.ts'
import type { Caller, Release } from './caller.ts'
import { lineLog } from './log.ts'
import { runOnce } from './once.ts'
import type { BackendHealth, Verdict } from './verdict.ts'

const INTERVAL = 20_000
const refusal = (code: string, permanent = false): RefusalReport => ({
  code,
  detail: 'd',
  remedy: 'r',
  permanent,
})
const backend = (health: BackendHealth['health']) => ({
  name: '192.0.2.7:30843',
  health,
  reason: `is ${health}`,
})
const live = (health: BackendHealth['health'] = 'up'): Verdict => ({
  kind: 'answered',
  ports: [{ port: 'tcp/8443', backends: [backend(health)] }],
})
const taken: Verdict = {
  kind: 'answered',
  ports: [{ port: 'tcp/8443', backends: [], refusal: refusal('port-taken') }],
}
const unreachable: Verdict = { kind: 'refused', refusal: refusal('edge-unreachable') }
const unknown: Verdict = { kind: 'refused', refusal: refusal('token-unknown', true) }

/** An edge that gives its verdicts one by one, the last one for ever. */
class ScriptedCaller implements Caller {
  readonly calls: number[] = []
  verdicts: Verdict[]
  resets = 0
  /** Set: a call does not end before `reset` or the signal. */
  isSlow = false
  #cut = () => {}
  readonly #clock: VirtualClock

  constructor(clock: VirtualClock, verdicts: Verdict[]) {
    this.#clock = clock
    this.verdicts = verdicts
  }

  async call(signal: AbortSignal): Promise<Verdict> {
    this.calls.push(this.#clock.now())
    if (this.isSlow) {
      await new Promise<void>((resolve) => {
        this.#cut = resolve
        signal.addEventListener('abort', () => resolve())
      })
      return unreachable
    }
    const [next = unreachable] = this.verdicts
    if (this.verdicts.length > 1) this.verdicts.shift()
    return next
  }

  async release(): Promise<Release> {
    return 'released'
  }

  reset(): void {
    this.resets++
    this.#cut()
  }

  close(): void {}
}

function start(...scripts: Verdict[][]) {
  const clock = new VirtualClock()
  const lines: string[] = []
  const readiness: boolean[] = []
  const stop = new AbortController()
  const callers = scripts.map((verdicts) => new ScriptedCaller(clock, verdicts))
  const breaks: (() => void)[] = []
  let changeAddress = () => {}
  let isWatching = () => false
  const edges = callers.map((caller, index) => ({
    name: `edge-${index}`,
    caller,
    onBreak: (listener: () => void) => {
      breaks[index] = listener
    },
  }))
  const parts = {
    edges,
    clock,
    random: () => 0.5,
    interval: INTERVAL,
    log: lineLog('text', (line) => lines.push(line.slice(25).trimEnd()), clock.now.bind(clock)),
    readiness: { set: (ready: boolean) => readiness.push(ready) },
    watchAddresses: async (onChange: () => void, end: AbortSignal) => {
      changeAddress = onChange
      isWatching = () => !end.aborted
    },
  }
  const [first = new ScriptedCaller(clock, [])] = callers
  return {
    ...{ clock, lines, readiness, callers, first, parts, stop },
    changeAddress: () => changeAddress(),
    isWatching: () => isWatching(),
    breakConnection: () => breaks[0]?.(),
    isReady: () => readiness.at(-1),
    run: () => runAgent(parts, stop.signal),
  }
}

describe('runAgent', () => {
  it('calls every interval and says one line, however often it calls', async () => {
    const agent = start([live()])
    void agent.run()
    await agent.clock.advance(10 * INTERVAL)
    expect(agent.first.calls).toEqual(Array.from({ length: 11 }, (_, call) => call * INTERVAL))
    expect(agent.lines).toEqual(['info  live edge=edge-0 port=tcp/8443 backends=192.0.2.7:30843'])
    expect(agent.isReady()).toBe(true)
  })

  it('calls again at growing pauses when the edge does not answer, and tells it once', async () => {
    const agent = start([unreachable])
    void agent.run()
    await agent.clock.advance(60_000)
    const pauses = agent.first.calls.map((at, index, calls) => at - (calls[index - 1] ?? 0))
    expect(pauses).toEqual([0, 375, 750, 1500, 3000, 6000, 12_000, 15_000, 15_000])
    expect(agent.lines).toEqual([
      'warn  the edge does not answer edge=edge-0 code=edge-unreachable detail=d remedy=r',
    ])
    expect(agent.isReady()).toBe(false)
    agent.first.verdicts = [live()]
    await agent.clock.advance(INTERVAL)
    expect(agent.lines.slice(1)).toEqual([
      'info  the edge answers again edge=edge-0',
      'info  live edge=edge-0 port=tcp/8443 backends=192.0.2.7:30843',
    ])
    expect(agent.isReady()).toBe(true)
  })

  it('heeds Retry-After', async () => {
    const agent = start([{ ...unreachable, retryAfter: 9 }])
    void agent.run()
    await agent.clock.advance(9_000)
    expect(agent.first.calls).toEqual([0, 9_000])
  })

  it('stays ready while an edge is merely unreachable, and not when it refuses the claim', async () => {
    const agent = start([live(), unreachable, live(), taken])
    void agent.run()
    await agent.clock.advance(3 * INTERVAL)
    expect(agent.readiness.slice(0, 4)).toEqual([true, true, true, false])
    expect(agent.lines.at(-1)).toBe(
      'warn  refused edge=edge-0 port=tcp/8443 code=port-taken detail=d remedy=r',
    )
  })

  it('is ready by one edge of two, and goes on calling both', async () => {
    const agent = start([live()], [unknown])
    void agent.run()
    await agent.clock.advance(INTERVAL)
    expect(agent.isReady()).toBe(true)
    expect(agent.callers.map(({ calls }) => calls.length)).toEqual([2, 2])
  })

  it('ends when every edge refuses for good', async () => {
    const agent = start([live(), unknown], [unknown])
    const code = agent.run()
    await agent.clock.advance(INTERVAL)
    expect(await code).toBe(3)
    expect(agent.isReady()).toBe(false)
    expect(agent.lines.at(-1)).toMatch(/^error every edge refuses for good/)
  })

  it('ends whole where readiness cannot be shown', async () => {
    const agent = start([unreachable], [live()])
    agent.readiness.push = (ready) => {
      if (ready) throw new Error('ENOSPC')
      return 0
    }
    const ended = expect(agent.run()).rejects.toThrow('ENOSPC')
    await agent.clock.advance(10 * INTERVAL)
    await ended
    expect(agent.callers.map(({ calls }) => calls.length)).toEqual([1, 1])
    expect(agent.isWatching()).toBe(false)
  })

  it('does not end while an edge has not been heard', async () => {
    const agent = start([unknown], [unreachable])
    const code = agent.run()
    await agent.clock.advance(10 * INTERVAL)
    agent.stop.abort()
    expect(await code).toBe(0)
  })

  it('calls at once from a new address, and cuts the call from the old one', async () => {
    const agent = start([live()])
    void agent.run()
    await agent.clock.advance(1_000)
    agent.changeAddress()
    await agent.clock.advance(0)
    expect(agent.first.calls).toEqual([0, 1_000])
    agent.first.isSlow = true
    await agent.clock.advance(INTERVAL)
    agent.first.isSlow = false
    agent.changeAddress()
    await agent.clock.advance(0)
    expect(agent.first.calls).toEqual([0, 1_000, 21_000, 21_000])
    expect(agent.first.resets).toBe(2)
    expect(agent.lines.filter((line) => line.includes('does not answer'))).toEqual([])
  })

  it('calls soon when the connection breaks, and slows down when it keeps breaking', async () => {
    const agent = start([live()])
    void agent.run()
    await agent.clock.advance(5_000)
    for (let time = 0; time < 3; time++) {
      agent.breakConnection()
      await agent.clock.advance(3_000)
    }
    expect(agent.first.calls).toEqual([0, 5_375, 8_750, 12_500])
    await agent.clock.advance(2 * INTERVAL)
    agent.breakConnection()
    await agent.clock.advance(375)
    expect(agent.first.calls.at(-1)).toBe(agent.clock.now())
  })

  it('looks again soon while the first health check is under way, and tells a fall once', async () => {
    const agent = start([live('checking'), live('down'), live('down'), live('up'), live('up')])
    void agent.run()
    await agent.clock.advance(1_000 + 3 * INTERVAL)
    expect(agent.first.calls.slice(0, 2)).toEqual([0, 1_000])
    expect(agent.lines).toEqual([
      'info  live edge=edge-0 port=tcp/8443 backends=192.0.2.7:30843',
      'warn  the backend is down edge=edge-0 port=tcp/8443 backend=192.0.2.7:30843 reason="is down"',
      'info  the backend is well again edge=edge-0 port=tcp/8443 backend=192.0.2.7:30843 reason="is up"',
    ])
  })

  it("keeps an edge's words within their line", async () => {
    const words = { ...refusal('internal'), detail: 'a\n2026 error forged "x"' }
    const agent = start([{ kind: 'refused', refusal: words }])
    void agent.run()
    await agent.clock.advance(0)
    expect(agent.lines).toEqual([
      'warn  the edge refused the call edge=edge-0 code=internal detail="a\\n2026 error forged \\"x\\"" remedy=r',
    ])
  })
})

describe('runOnce', () => {
  it.each([
    [[[live()]], 0],
    [[[unreachable, taken, live()]], 0],
    [[[live()], [live()]], 0],
    [[[unknown]], 3],
    [[[live()], [unknown]], 3],
    [[[unreachable]], 4],
    [[[live()], [taken]], 4],
  ])('verdicts %#: exit code %d', async (scripts, code) => {
    const agent = start(...scripts)
    const ended = runOnce(agent.parts, agent.stop.signal)
    await agent.clock.advance(60_000)
    expect(await ended).toBe(code)
    for (const { calls } of agent.callers) expect(calls.length).toBeLessThanOrEqual(5)
  })
})
