import type {
  CanonicalDeploy,
  CanonicalHealthcheck,
  CanonicalLogging,
  CanonicalNetworkAttachment,
  CanonicalPort,
  CanonicalReference,
  CanonicalUlimit,
  CanonicalVolumeMount,
} from './canonical-service.ts'
import type { ComposeFacts } from './compose-facts.ts'
import type { YamlMap } from './yaml-value.ts'

/**
 * A stack in one form, whichever of the short and long syntaxes it was written in: what `docker stack config` prints.
 * The names are the format's own, so that a path in the file is a path here. Every map is sorted by its keys, and is a Map,
 * so that a key may be `__proto__`. What was not written, or has Go's zero value where Docker leaves that out, is absent.
 */
export interface CanonicalStack {
  /** The version of the schema: `3.0` to `3.13`, the latest where the file names none. */
  readonly version: string
  readonly services: ReadonlyMap<string, CanonicalService>
  readonly networks: ReadonlyMap<string, CanonicalNetwork>
  readonly volumes: ReadonlyMap<string, CanonicalVolume>
  readonly secrets: ReadonlyMap<string, CanonicalFileObject>
  readonly configs: ReadonlyMap<string, CanonicalFileObject>
  /** The keys of the top level that begin with `x-`. */
  readonly extras: YamlMap
  /** Only where the files were read as Compose reads them. */
  readonly compose?: ComposeFacts | undefined
}

/** A service. Lists and maps that were not written are empty. */
export interface CanonicalService {
  readonly build?: CanonicalBuild | undefined
  readonly cap_add: readonly string[]
  readonly cap_drop: readonly string[]
  readonly cgroupns_mode?: string | undefined
  readonly cgroup_parent?: string | undefined
  /** Split as Docker splits one string, `$$` already a `$`. Empty: that of the image. */
  readonly command: readonly string[]
  readonly configs: readonly CanonicalReference[]
  readonly container_name?: string | undefined
  readonly credential_spec?: CanonicalCredentialSpec | undefined
  readonly depends_on: readonly string[]
  readonly deploy: CanonicalDeploy
  readonly devices: readonly string[]
  readonly dns: readonly string[]
  readonly dns_search: readonly string[]
  readonly domainname?: string | undefined
  /** As `command`. */
  readonly entrypoint: readonly string[]
  /** The variables of the env_files and of `environment`, these over those; `null`: named without a value. */
  readonly environment: ReadonlyMap<string, string | null>
  /** As written. Their variables are in `environment` already. */
  readonly env_file: readonly string[]
  readonly expose: readonly string[]
  readonly external_links: readonly string[]
  /** `host:address`. */
  readonly extra_hosts: readonly string[]
  readonly hostname?: string | undefined
  readonly healthcheck?: CanonicalHealthcheck | undefined
  /** Absent: Docker's `stack config` accepts that, its `stack deploy` doesn't. */
  readonly image?: string | undefined
  readonly init?: boolean | undefined
  readonly ipc?: string | undefined
  readonly isolation?: string | undefined
  readonly labels: ReadonlyMap<string, string>
  readonly links: readonly string[]
  readonly logging?: CanonicalLogging | undefined
  readonly mac_address?: string | undefined
  readonly network_mode?: string | undefined
  /** `null`: attached with nothing further said. Empty: the stack's default network. */
  readonly networks: ReadonlyMap<string, CanonicalNetworkAttachment | null>
  readonly pid?: string | undefined
  readonly ports: readonly CanonicalPort[]
  readonly privileged: boolean
  readonly read_only: boolean
  readonly restart?: string | undefined
  readonly secrets: readonly CanonicalReference[]
  readonly security_opt: readonly string[]
  readonly shm_size?: string | undefined
  readonly stdin_open: boolean
  /** Nanoseconds. */
  readonly stop_grace_period?: bigint | undefined
  readonly stop_signal?: string | undefined
  readonly sysctls: ReadonlyMap<string, string>
  readonly tmpfs: readonly string[]
  readonly tty: boolean
  readonly ulimits: ReadonlyMap<string, CanonicalUlimit>
  readonly user?: string | undefined
  readonly oom_score_adj?: number | undefined
  readonly userns_mode?: string | undefined
  readonly volumes: readonly CanonicalVolumeMount[]
  readonly working_dir?: string | undefined
  readonly extras: YamlMap
}

/** Swarm builds nothing: kept to be reported. */
export interface CanonicalBuild {
  readonly context?: string | undefined
  readonly dockerfile?: string | undefined
  readonly args: ReadonlyMap<string, string | null>
  readonly labels: ReadonlyMap<string, string>
  readonly cache_from: readonly string[]
  readonly extra_hosts: readonly string[]
  readonly network?: string | undefined
  readonly target?: string | undefined
}

/** Windows only. */
export interface CanonicalCredentialSpec {
  readonly config?: string | undefined
  readonly file?: string | undefined
  readonly registry?: string | undefined
}

export interface CanonicalNetwork {
  /** Its name outside the stack; absent: `STACK_KEY`. Always there where it is external. */
  readonly name?: string | undefined
  readonly driver?: string | undefined
  readonly driver_opts: ReadonlyMap<string, string>
  readonly ipam?:
    | { readonly driver?: string | undefined; readonly subnets: readonly (string | undefined)[] }
    | undefined
  readonly external: boolean
  readonly internal: boolean
  readonly attachable: boolean
  readonly labels: ReadonlyMap<string, string>
  readonly extras: YamlMap
}

export interface CanonicalVolume {
  /** As a network's. */
  readonly name?: string | undefined
  readonly driver?: string | undefined
  readonly driver_opts: ReadonlyMap<string, string>
  readonly external: boolean
  readonly labels: ReadonlyMap<string, string>
  /** With `x-cluster-spec`, which Docker gives a meaning. */
  readonly extras: YamlMap
}

/** A secret or a config of the top level. */
export interface CanonicalFileObject {
  /** As a network's. */
  readonly name?: string | undefined
  /** Absolute; absent where it is external or comes from a driver, or where `content` is there. */
  readonly file?: string | undefined
  /** Of Compose: what was written in the file itself, or stood in the environment. */
  readonly content?: string | undefined
  readonly external: boolean
  readonly labels: ReadonlyMap<string, string>
  readonly driver?: string | undefined
  readonly driver_opts: ReadonlyMap<string, string>
  readonly template_driver?: string | undefined
  readonly extras: YamlMap
}
