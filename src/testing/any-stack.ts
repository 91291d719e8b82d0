import fc from 'fast-check'

/** Stacks that are mostly right, of the values that the parts of a stack may have. */

const text = fc.oneof(
  { weight: 80, arbitrary: fc.stringMatching(/^[A-Za-z0-9 :=.-]{0,12}$/) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
)
const word = fc.constantFrom('', 'a', 'b', 'c')
const words = fc.uniqueArray(word, { maxLength: 2 })
/** The name of a label, a sysctl, a limit: it has letters. */
const label = fc.constantFrom('a', 'b', 'c.d')
const name = fc.constantFrom('n', 'm')
const duration = fc.constantFrom('0s', '1m30s', '5s')
const service = fc.record(
  {
    image: text,
    command: fc.oneof(text, fc.array(text, { maxLength: 3 })),
    environment: fc.dictionary(
      text,
      fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
    ),
    ports: fc.uniqueArray(
      fc.oneof(
        {
          weight: 80,
          arbitrary: fc.constantFrom('80', '1:2', '1:3', '5-7:5-7/udp', '[::1]:9:9', '127.0.0.1:8:8'),
        },
        { weight: 1, arbitrary: fc.constantFrom('9-8:1', 'x') },
      ),
      { maxLength: 3 },
    ),
    volumes: fc.uniqueArray(
      fc.oneof(
        { weight: 80, arbitrary: fc.constantFrom('n:/b', 'm:/b', './a:/c:ro', '/d', '/d/') },
        { weight: 1, arbitrary: text },
      ),
      { maxLength: 3 },
    ),
    deploy: fc.record(
      {
        replicas: fc.oneof({ weight: 80, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.constant(-1) }),
        labels: fc.dictionary(label, text),
        mode: fc.constantFrom('', 'replicated', 'global'),
        update_config: fc.record(
          {
            parallelism: fc.nat(2),
            delay: duration,
            order: fc.constantFrom('stop-first', 'start-first'),
            max_failure_ratio: fc.constantFrom(0, 0.5),
          },
          { requiredKeys: [] },
        ),
        restart_policy: fc.record(
          { condition: word, delay: duration, max_attempts: fc.nat(2), window: duration },
          { requiredKeys: [] },
        ),
        resources: fc.record(
          {
            limits: fc.record(
              { cpus: fc.constantFrom('0', '0.5'), memory: fc.constantFrom('0', '5M'), pids: fc.nat(1) },
              { requiredKeys: [] },
            ),
            reservations: fc.record(
              { memory: fc.constantFrom('0', '1M'), cpus: fc.constant('0.1') },
              { requiredKeys: [] },
            ),
          },
          { requiredKeys: [] },
        ),
        placement: fc.record(
          {
            constraints: words,
            preferences: fc.array(fc.record({ spread: word }), { maxLength: 2 }),
            max_replicas_per_node: fc.nat(2),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
    healthcheck: fc.record(
      {
        test: fc.oneof(word, fc.constantFrom(['CMD', 'a'], ['NONE'], [])),
        interval: duration,
        retries: fc.nat(2),
        disable: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    logging: fc.record(
      { driver: word, options: fc.dictionary(label, word, { minKeys: 1 }) },
      { requiredKeys: [] },
    ),
    networks: fc.oneof(
      fc.uniqueArray(name, { maxLength: 2 }),
      fc.dictionary(
        name,
        fc.oneof(
          fc.constant(null),
          fc.record({ aliases: words, ipv4_address: fc.constant('10.0.0.1') }, { requiredKeys: [] }),
        ),
      ),
    ),
    secrets: fc.uniqueArray(
      fc.oneof(
        name,
        fc.record(
          { source: name, target: word, mode: fc.constantFrom(0, 0o400) },
          { requiredKeys: ['source'] },
        ),
      ),
      { maxLength: 2 },
    ),
    ulimits: fc.dictionary(
      label,
      fc.oneof(
        fc.integer({ min: 1, max: 3 }),
        fc.record({ soft: fc.integer({ min: 1, max: 3 }), hard: fc.integer({ min: 1, max: 3 }) }),
      ),
    ),
    sysctls: fc.dictionary(label, word),
    labels: fc.oneof(fc.dictionary(label, word), fc.uniqueArray(fc.constantFrom('a=b', 'c', 'd='))),
    cap_add: fc.uniqueArray(word, { maxLength: 2 }),
    dns: fc.oneof(word, words),
    entrypoint: fc.oneof(word, words),
    tty: fc.boolean(),
    init: fc.boolean(),
    hostname: word,
    stop_grace_period: duration,
    user: word,
    'x-y': fc.jsonValue(),
  },
  { requiredKeys: [] },
)
export const anyStack = fc.record({
  services: fc.dictionary(fc.constantFrom('a', 'b', 'c9', 'c10'), service),
  networks: fc.dictionary(name, fc.record({ driver: word, internal: fc.boolean() }, { requiredKeys: [] })),
  volumes: fc.dictionary(name, fc.record({ labels: fc.dictionary(label, word) }, { requiredKeys: [] })),
  secrets: fc.dictionary(name, fc.constantFrom({ external: true }, { file: './x' })),
})
