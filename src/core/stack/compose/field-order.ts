import { matches } from './paths.ts'

/**
 * The order in which Compose prints the fields of its structures, by where they are. Maps that are not named here are of
 * keys that somebody chose, and are printed sorted. `env_file` is not printed: its variables are in `environment`.
 */
const ORDERS: readonly (readonly [patterns: string, fields: string])[] = [
  ['', 'name services networks volumes secrets configs models'],
  [
    'services.*',
    'profiles annotations attach build develop blkio_config cap_add cap_drop cgroup_parent cgroup cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpus cpuset cpu_shares command configs container_name credential_spec depends_on deploy device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint provider environment expose external_links extra_hosts group_add gpus hostname healthcheck image init ipc isolation labels links logging mem_limit mem_reservation memswap_limit mem_swappiness mac_address models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports privileged pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir post_start pre_stop',
  ],
  [
    'services.*.build',
    'context dockerfile dockerfile_inline entitlements args provenance sbom ssh labels cache_from cache_to no_cache additional_contexts pull extra_hosts isolation network target secrets shm_size tags ulimits platforms privileged',
  ],
  ['services.*.develop', 'watch'],
  ['services.*.develop.watch.[]', 'path action target exec include ignore initial_sync'],
  [
    'services.*.develop.watch.[].exec services.*.post_start.[] services.*.pre_stop.[]',
    'command user privileged working_dir environment',
  ],
  [
    'services.*.blkio_config',
    'weight weight_device device_read_bps device_read_iops device_write_bps device_write_iops',
  ],
  ['services.*.configs.[] services.*.secrets.[] services.*.build.secrets.[]', 'source target uid gid mode'],
  ['services.*.credential_spec', 'config file registry'],
  ['services.*.depends_on.*', 'condition restart required'],
  [
    'services.*.deploy',
    'mode replicas labels update_config rollback_config resources restart_policy placement endpoint_mode',
  ],
  [
    'services.*.deploy.update_config services.*.deploy.rollback_config',
    'parallelism delay failure_action monitor max_failure_ratio order',
  ],
  ['services.*.deploy.resources', 'limits reservations'],
  [
    'services.*.deploy.resources.limits services.*.deploy.resources.reservations',
    'cpus memory pids devices generic_resources',
  ],
  ['services.*.deploy.resources.reservations.generic_resources.[]', 'discrete_resource_spec'],
  ['services.*.deploy.resources.reservations.generic_resources.[].discrete_resource_spec', 'kind value'],
  [
    'services.*.deploy.resources.reservations.devices.[] services.*.gpus.[]',
    'capabilities driver count device_ids options',
  ],
  ['services.*.deploy.restart_policy', 'condition delay max_attempts window'],
  ['services.*.deploy.placement', 'constraints preferences max_replicas_per_node'],
  ['services.*.deploy.placement.preferences.[]', 'spread'],
  ['services.*.devices.[]', 'source target permissions'],
  ['services.*.provider', 'type options'],
  ['services.*.healthcheck', 'test timeout interval retries start_period start_interval disable'],
  ['services.*.logging', 'driver options'],
  ['services.*.models.*', 'endpoint_var model_var'],
  [
    'services.*.networks.*',
    'aliases driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips mac_address priority',
  ],
  ['services.*.ports.[]', 'name mode host_ip target published protocol app_protocol'],
  ['services.*.ulimits.* services.*.build.ulimits.*', 'soft hard'],
  ['services.*.volumes.[]', 'type source target read_only consistency bind volume tmpfs image'],
  ['services.*.volumes.[].bind', 'selinux propagation create_host_path recursive'],
  ['services.*.volumes.[].volume', 'labels nocopy subpath'],
  ['services.*.volumes.[].tmpfs', 'size mode'],
  ['services.*.volumes.[].image', 'subpath'],
  ['networks.*', 'name driver driver_opts ipam external internal attachable labels enable_ipv4 enable_ipv6'],
  ['networks.*.ipam', 'driver config'],
  ['networks.*.ipam.config.[]', 'subnet gateway ip_range aux_addresses'],
  ['volumes.*', 'name driver driver_opts external labels'],
  ['secrets.* configs.*', 'name file environment content external labels driver driver_opts template_driver'],
  ['models.*', 'name model context_size runtime_flags'],
]

const TABLE: readonly (readonly [pattern: string, fields: readonly string[]])[] = ORDERS.flatMap(
  ([patterns, fields]) => patterns.split(' ').map((pattern) => [pattern, fields.split(' ')] as const),
)

/** The fields of the structure at a place, in order; undefined: it is a map of chosen keys. */
export function fieldsAt(path: readonly string[]): readonly string[] | undefined {
  const found = TABLE.find(([pattern]) => (pattern === '' ? path.length === 0 : matches(path, pattern)))
  return found?.[1]
}
