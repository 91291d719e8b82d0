/** The parts of a service in canonical form. Durations are nanoseconds, sizes bytes. */

export interface CanonicalPort {
  /** Absent where the long syntax leaves it out, which is `ingress`. */
  readonly mode?: string | undefined
  /** 0: the long syntax leaves it out. */
  readonly target: number
  /** 0: any free port. */
  readonly published: number
  /** Absent where the long syntax leaves it out, which is `tcp`. */
  readonly protocol?: string | undefined
  /** Swarm listens on every address whatever it says here, so this is not printed; whoever publishes has to refuse it. */
  readonly host_ip?: string | undefined
}

export interface CanonicalVolumeMount {
  /** `bind`, `volume`, `tmpfs`, `npipe`, `cluster` or what else was written. */
  readonly type: string
  /** A volume's key, or a path of the host, absolute. Absent: an anonymous volume. */
  readonly source?: string | undefined
  readonly target?: string | undefined
  readonly read_only: boolean
  readonly consistency?: string | undefined
  readonly bind?: { readonly propagation?: string | undefined } | undefined
  readonly volume?: { readonly nocopy: boolean; readonly subpath?: string | undefined } | undefined
  /** `size` in bytes; 0: no limit. */
  readonly tmpfs?: { readonly size: number } | undefined
}

/** A secret or a config as a service mounts it. */
export interface CanonicalReference {
  /** Its key in the stack's secrets or configs. */
  readonly source?: string | undefined
  /** The file: below /run/secrets for a secret, below / for a config, where it is not absolute. Absent: as `source`. */
  readonly target?: string | undefined
  readonly uid?: string | undefined
  readonly gid?: string | undefined
  /** Permission bits. Absent: 0444. */
  readonly mode?: number | undefined
}

export interface CanonicalNetworkAttachment {
  readonly aliases: readonly string[]
  readonly driver_opts: ReadonlyMap<string, string>
  readonly ipv4_address?: string | undefined
  readonly ipv6_address?: string | undefined
}

export interface CanonicalHealthcheck {
  /** `['NONE']`, `['CMD', ...]` or `['CMD-SHELL', script]`. Empty: that of the image. */
  readonly test: readonly string[]
  readonly timeout?: bigint | undefined
  readonly interval?: bigint | undefined
  readonly retries?: number | undefined
  readonly start_period?: bigint | undefined
  readonly start_interval?: bigint | undefined
  readonly disable: boolean
}

export interface CanonicalLogging {
  readonly driver?: string | undefined
  readonly options: ReadonlyMap<string, string>
}

/** One number for both, or two. */
export type CanonicalUlimit = number | { readonly soft: number; readonly hard: number }

export interface CanonicalDeploy {
  /** `replicated` or `global`, or `-job` of each. Absent: `replicated`. */
  readonly mode?: string | undefined
  readonly replicas?: number | undefined
  readonly labels: ReadonlyMap<string, string>
  readonly update_config?: CanonicalUpdateConfig | undefined
  readonly rollback_config?: CanonicalUpdateConfig | undefined
  readonly resources: {
    readonly limits?: CanonicalResourceLimits | undefined
    readonly reservations?: CanonicalReservations | undefined
  }
  readonly restart_policy?: CanonicalRestartPolicy | undefined
  readonly placement: CanonicalPlacement
  /** `vip` or `dnsrr`. Absent: `vip`. */
  readonly endpoint_mode?: string | undefined
}

export interface CanonicalUpdateConfig {
  /** How many tasks at a time; 0: all. Absent: 1. */
  readonly parallelism?: number | undefined
  readonly delay?: bigint | undefined
  readonly failure_action?: string | undefined
  readonly monitor?: bigint | undefined
  readonly max_failure_ratio?: number | undefined
  /** `stop-first` or `start-first`. Absent: `stop-first`. */
  readonly order?: string | undefined
}

export interface CanonicalResourceLimits {
  /** CPUs as written, `0.50`. */
  readonly cpus?: string | undefined
  readonly memory?: number | undefined
  readonly pids?: number | undefined
}

export interface CanonicalReservations {
  readonly cpus?: string | undefined
  readonly memory?: number | undefined
  /** `null`: an item that says nothing. */
  readonly generic_resources: readonly ({ readonly kind: string; readonly value: number } | null)[]
}

export interface CanonicalRestartPolicy {
  /** `none`, `on-failure` or `any`. Absent: `any`. */
  readonly condition?: string | undefined
  readonly delay?: bigint | undefined
  readonly max_attempts?: number | undefined
  readonly window?: bigint | undefined
}

export interface CanonicalPlacement {
  /** As written: `node.role == manager`, `node.labels.x!=y`. */
  readonly constraints: readonly string[]
  readonly preferences: readonly { readonly spread?: string | undefined }[]
  /** Absent: no limit. */
  readonly max_replicas_per_node?: number | undefined
}
