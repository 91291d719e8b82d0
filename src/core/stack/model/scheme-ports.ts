/** The port that a client asks where a URL names none, by its scheme. */
const PORTS: Readonly<Record<string, number>> = {
  amqp: 5672,
  amqps: 5671,
  bolt: 7687,
  clickhouse: 9000,
  ftp: 21,
  http: 80,
  https: 443,
  imap: 143,
  imaps: 993,
  ldap: 389,
  ldaps: 636,
  mariadb: 3306,
  memcached: 11211,
  mongodb: 27017,
  mqtt: 1883,
  mqtts: 8883,
  mysql: 3306,
  nats: 4222,
  neo4j: 7687,
  pgsql: 5432,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  rediss: 6379,
  smtp: 25,
  smtps: 465,
  sqlserver: 1433,
  ssh: 22,
  valkey: 6379,
  ws: 80,
  wss: 443,
}

/** Of `postgresql+asyncpg` it is that of `postgresql`. */
export function schemePort(scheme: string): number | undefined {
  const [plain = ''] = scheme.toLowerCase().split('+')
  return PORTS[plain]
}

/** The ports of services that are asked by their name alone, as drivers of databases do (`DB_HOST: db`). */
export function isUsualPort(port: number): boolean {
  return port !== 80 && port !== 443 && Object.values(PORTS).includes(port)
}
