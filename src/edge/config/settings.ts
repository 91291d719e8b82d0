import { LOG_LEVELS } from '../../log.ts'
import * as kind from '../../settings/kind.ts'
import type { SettingReader } from '../../settings/sheet.ts'

/** Every setting of `homeport edge`, with its value. */
export type Settings = ReturnType<typeof settingsFrom>

/** The whole list of settings. docs/configuration.md says the same, and a test holds the two together. */
export function settingsFrom({ one, maybe, many }: SettingReader) {
  return {
    stateDir: one(
      'stateDir',
      kind.path,
      '/var/lib/homeport',
      "Where the state, the certificate and HAProxy's configuration are kept.",
    ),
    runtimeDir: one('runtimeDir', kind.path, '/run/homeport', 'For sockets; may be empty after a reboot.'),
    api: {
      listen: one('api.listen', kind.listen, '[::]:9443', 'Where phones call, by HTTPS.'),
      trustedProxies: many(
        'api.trustedProxies',
        kind.range,
        "Proxies whose X-Forwarded-For tells the caller's address. Where one leaves it out, claims have to name addresses.",
      ),
      openMetrics: one(
        'api.openMetrics',
        kind.flag,
        'false',
        'Whether /metrics may be read without a token.',
      ),
    },
    tls: {
      certificate: maybe(
        'tls.certificate',
        kind.path,
        'A certificate of your own (PEM, with its chain). Left out: the edge makes one.',
      ),
      key: maybe('tls.key', kind.path, 'The key of that certificate (PEM).'),
    },
    publicAddresses: many(
      'publicAddresses',
      kind.address,
      'Addresses by which the world reaches this machine, beside those of its interfaces. No backend may be one of them.',
    ),
    ports: {
      reserved: many('ports.reserved', kind.ports, "Ports that no claim gets, beside the edge's own."),
    },
    backends: {
      allowLoopback: one(
        'backends.allowLoopback',
        kind.flag,
        'false',
        'For trials on one machine: 127.0.0.2 and the like may be backends.',
      ),
    },
    leases: {
      hold: one(
        'leases.hold',
        kind.duration,
        '1h',
        "How long a silent phone's claims are kept while its backends are well.",
      ),
    },
    webhook: {
      listen: maybe(
        'webhook.listen',
        kind.listen,
        'Where the original phone-home may call, by plain HTTP ([::]:9000, say). Left out: nowhere.',
      ),
      tokenFile: maybe('webhook.tokenFile', kind.path, 'A file with the token that it must send.'),
      lease: one('webhook.lease', kind.duration, '5m', 'How long its claims hold after a call.'),
    },
    haproxy: {
      binary: one('haproxy.binary', kind.program, 'haproxy', 'HAProxy, 2.6 or newer.'),
      start: one(
        'haproxy.start',
        kind.oneOf('own', 'service'),
        'own',
        'Who starts HAProxy: the edge itself, or a service manager.',
      ),
      include: one(
        'haproxy.include',
        kind.path,
        '/etc/homeport/haproxy.d',
        "Your own part of HAProxy's configuration: *.cfg in this folder, never edited by Homeport.",
      ),
      bind: many('haproxy.bind', kind.address, 'Addresses that frontend ports listen on. Left out: all.'),
      connectTimeout: one(
        'haproxy.connectTimeout',
        kind.timer,
        '2s',
        'How long a backend may take to accept a connection before another is tried.',
      ),
      // MQTT sessions last for days: none that is idle is cut within one, and no reload cuts any for seven. What that costs,
      // oldWorkers bounds; a worker without sessions goes at once.
      idleTimeout: one(
        'haproxy.idleTimeout',
        kind.timer,
        '24h',
        'How long a session may stand still before it is cut.',
      ),
      drain: one(
        'haproxy.drain',
        kind.duration,
        '10m',
        'How long the sessions of a backend that left may go on.',
      ),
      oldWorkerTime: one(
        'haproxy.oldWorkerTime',
        kind.timer,
        '7d',
        'How long sessions may go on in a worker that a reload has replaced.',
      ),
      oldWorkers: one(
        'haproxy.oldWorkers',
        kind.count(1, 1000),
        '16',
        'How many such workers may stay for their sessions; beyond, those with the fewest sessions are ended.',
      ),
      maxConnections: maybe(
        'haproxy.maxConnections',
        kind.count(10, 10_000_000),
        'Client connections at once. Left out: as many as the file limit allows.',
      ),
      maxConnectionsPerPort: maybe(
        'haproxy.maxConnectionsPerPort',
        kind.count(1, 10_000_000),
        'The same for one port. Left out: three quarters of all.',
      ),
      threads: maybe('haproxy.threads', kind.count(1, 64), 'Threads of HAProxy. Left out: one a core.'),
    },
    log: {
      level: one('log.level', kind.oneOf(...LOG_LEVELS), 'info', 'How much is logged.'),
    },
  }
}
