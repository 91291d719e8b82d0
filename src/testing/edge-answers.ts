import { type Behaviour, fakeToken } from './fake-edge.ts'

const route = {
  ...{ port: 8443, protocol: 'tcp', owner: 'home/mqtt/mosquitto', state: 'live' },
  backends: [
    { address: '192.0.2.7', port: 30843, health: 'up', sessions: 3, stale: false },
    {
      address: '2001:db8::1',
      port: 30843,
      health: 'down',
      reason: 'Connection refused',
      sessions: 0,
      stale: false,
    },
  ],
}
const refused = { ...route, port: 22, state: 'refused', code: 'port-reserved', detail: 'sshd', backends: [] }
const claim = {
  cluster: 'home',
  phone: 'pod-0',
  owner: 'mqtt/m',
  port: 8443,
  protocol: 'tcp',
  state: 'stale',
  lapsesIn: 3_600,
}
export const status = {
  ...{ version: '0.1.0', fingerprint: 'f', uptime: 93_780, ready: true, documents: 2 },
  clusters: [
    { name: 'home', documents: 1, claims: 1 },
    { name: 'lab', documents: 1, claims: 12 },
  ],
  routes: { live: 1, refused: 1 },
  haproxy: {
    ...{ state: 'running', version: '2.6.12', pid: 7, reloads: 4, sessions: 9 },
    oldWorkers: [
      { pid: 5, uptime: '2h', sessions: 1 },
      { pid: 6, uptime: '3h' },
    ],
  },
  warnings: ['few file descriptors'],
}
export const token = {
  id: 'k3j9x2ab',
  name: 'mosquitto',
  scope: { role: 'phone', ports: ['8443'] },
  created: '2026-01-01T00:00:00Z',
}
/** What the edge of these tests answers to a GET. */
export const ANSWERS: Readonly<Record<string, unknown>> = {
  'GET /v1/routes': [route, refused],
  'GET /v1/claims': [claim],
  'GET /v1/status': status,
  'GET /v1/tokens': [token],
}
export const NOW = Date.parse('2026-01-01T00:00:00Z')

/** An edge that lets everything be done. */
export const answers: Behaviour = ({ method, path, body }) => {
  if (method === 'DELETE') {
    const [, id, release] = /^\/v1\/tokens\/(.*)\?release=(.*)$/.exec(path) ?? []
    if (release === undefined) return { status: 204 }
    return { status: 200, body: { id, released: release === 'true', documents: 1, claims: 3, closing: [] } }
  }
  if (method === 'POST') {
    return { status: 201, body: { ...token, ...JSON.parse(body), token: fakeToken('f'.repeat(43)) } }
  }
  return { status: 200, body: ANSWERS[`${method} ${path}`] }
}
