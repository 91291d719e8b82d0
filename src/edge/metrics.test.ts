import { expect, it } from 'vitest'
import { stubEdge } from '../testing/stub-edge.ts'
import { createMetrics } from './metrics.ts'

const route = { port: 8443, protocol: 'tcp', owner: 'home/mqtt/mosquitto', state: 'live' } as const
const backend = { address: '10.0.0.1', port: 1, health: 'up', sessions: 1, stale: false } as const

it('counts what the edge knows at the moment of asking', async () => {
  const edge = stubEdge({
    routes: () => [{ ...route, backends: [backend, { ...backend, health: 'down', stale: true }] }],
    claims: () => [
      { cluster: 'home', phone: 'a', state: 'live' },
      { cluster: 'home', phone: 'a', state: 'stale' },
      { cluster: 'home', phone: 'b', state: 'stale' },
    ],
  })
  const turnedAway = { total: 4 }
  const metrics = createMetrics({ edge, turnedAway, version: '1.2.3' })
  edge.tell({ id: 1, time: '', type: 'route-live', subject: 'tcp/8443' })
  edge.tell({ id: 2, time: '', type: 'route-live', subject: 'tcp/8444' })
  await metrics.text()
  turnedAway.total = 5
  const lines = (await metrics.text()).split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'homeport_build_info{version="1.2.3"} 1',
      'homeport_ready 1',
      'homeport_documents 2',
      'homeport_claims{cluster="home",state="live"} 1',
      'homeport_claims{cluster="home",state="stale"} 2',
      'homeport_claims{cluster="home",state="refused"} 0',
      'homeport_routes{state="refused"} 1',
      'homeport_backends{health="up"} 1',
      'homeport_backends{health="down"} 1',
      'homeport_backends{health="checking"} 0',
      'homeport_stale_backends 1',
      'homeport_events_total{type="route-live"} 2',
      'homeport_turned_away_total 5',
      'homeport_haproxy_up 1',
      'homeport_haproxy_reloads_total 3',
      'homeport_haproxy_sessions 5',
      'homeport_haproxy_old_workers 1',
      'homeport_haproxy_old_worker_sessions 2',
      expect.stringMatching(/^process_resident_memory_bytes \d+$/),
      expect.stringMatching(/^process_cpu_seconds_total [\d.]+$/),
    ]),
  )
})

it('counts the claims of a hundred clusters by name and of all others together, and forgets what is gone', async () => {
  let names = Array.from({ length: 102 }, (_, index) => `c${index}`)
  const edge = stubEdge({
    claims: () => names.map((cluster) => ({ cluster, phone: 'a', state: 'live' as const })),
  })
  const metrics = createMetrics({ edge, turnedAway: { total: 0 }, version: '1' })
  const live = async () => {
    const lines = (await metrics.text()).split('\n')
    return lines.filter((line) => line.startsWith('homeport_claims{') && line.includes('"live"'))
  }
  const all = await live()
  expect(all).toHaveLength(101)
  expect(all.at(-1)).toBe('homeport_claims{cluster="(others)",state="live"} 2')
  names = ['home']
  expect(await live()).toEqual(['homeport_claims{cluster="home",state="live"} 1'])
})

it("follows Prometheus' conventions for names", async () => {
  const metrics = createMetrics({ edge: stubEdge(), turnedAway: { total: 0 }, version: '1' })
  for (const { name, type, help } of await metrics.list()) {
    expect(name).toMatch(/^(homeport|process)_[a-z_]+$/)
    expect(name.endsWith('_total'), `${name} is a ${type}`).toBe(type === 'counter')
    expect(help).toMatch(/^[A-Z].*\.$/)
  }
})
