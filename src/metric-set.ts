import { Counter, Gauge, Registry } from 'prom-client'

/** What docs/metrics.md says of a metric. */
export interface MetricInfo {
  readonly name: string
  readonly labels: readonly string[]
  readonly type: string
  readonly help: string
}

/** The metrics of one daemon, and what there is to say of each. */
export class MetricSet {
  readonly registry = new Registry()
  readonly #prefix: string
  readonly #labels = new Map<string, readonly string[]>()

  /** @param prefix what the name of each begins with: `homeport_` */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  gauge<Label extends string>(suffix: string, help: string, ...labelNames: Label[]): Gauge<Label> {
    return new Gauge(this.#configure(suffix, help, labelNames))
  }

  counter<Label extends string>(suffix: string, help: string, ...labelNames: Label[]): Counter<Label> {
    return new Counter(this.#configure(suffix, help, labelNames))
  }

  /** Each metric there is. */
  async list(): Promise<MetricInfo[]> {
    const metrics = await this.registry.getMetricsAsJSON()
    return metrics.map(({ name, type, help }) => ({
      name,
      labels: this.#labels.get(name) ?? [],
      type: String(type),
      help,
    }))
  }

  #configure<Label extends string>(suffix: string, help: string, labelNames: Label[]) {
    const name = `${this.#prefix}${suffix}`
    this.#labels.set(name, labelNames)
    return { name, help, labelNames, registers: [this.registry] }
  }
}
