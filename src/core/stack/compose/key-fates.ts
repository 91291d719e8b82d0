import { changed, dropped, type KeyFate, kept, refused } from '../model/key-fate.ts'
import { NOTHING_RESERVED } from '../model/key-fates.ts'

/** Keys of a service whose fate is another where the file is read as Compose reads it, and those that Compose alone has. */
export const COMPOSE_SERVICE_KEYS: Readonly<Record<string, KeyFate>> = {
  annotations: dropped(
    'it is for the container engine',
    'Write labels: they become annotations of the pods.',
  ),
  attach: dropped('it is for the terminal of docker compose up'),
  blkio_config: dropped('Kubernetes shares out no disks'),
  build: changed(
    'refused without an image; with one, the image has to be built and pushed before, and that is said',
  ),
  cgroup: dropped('the kubelet chooses it'),
  cgroup_parent: dropped('the kubelet chooses it'),
  container_name: changed('a further name of the service'),
  cpu_count: dropped('it is for Windows', 'Write cpus.'),
  cpu_percent: dropped('it is for Windows', 'Write cpus.'),
  cpu_period: dropped('Kubernetes has its own', 'Write cpus.'),
  cpu_quota: dropped('Kubernetes has its own', 'Write cpus.'),
  cpu_rt_period: dropped('Kubernetes has none'),
  cpu_rt_runtime: dropped('Kubernetes has none'),
  cpu_shares: dropped('Kubernetes shares by what is requested', 'Write deploy.resources.reservations.cpus.'),
  cpus: kept(`limits.cpu; ${NOTHING_RESERVED}`),
  cpuset: dropped('the kubelet chooses the cores', 'Write cpus.'),
  depends_on: changed(
    '`service_healthy` and `service_completed_successfully` are init containers that wait; `service_started` is nothing to wait for: pods try again',
  ),
  'depends_on.restart': dropped('a service is not started again with the one that it needs'),
  develop: dropped('it is for work on the image'),
  device_cgroup_rules: refused(
    'devices of a node are given to pods by a device plugin',
    'Install the device’s plugin.',
  ),
  devices: refused(
    'devices of a node are given to pods by a device plugin',
    'Install the device’s plugin (generic-device-plugin for a path), and run the service beside the stack.',
  ),
  dns_opt: dropped('the resolver’s options are the cluster’s own'),
  domainname: dropped('pods have the domain of the cluster'),
  extends: kept('put in before anything else'),
  external_links: dropped('a container outside of the stack has no name here', 'Share a network by name.'),
  gpus: changed('limits of `nvidia.com/gpu`; `all` is one, and said; other drivers are refused'),
  group_add: changed('supplementalGroups, by number; a name is refused'),
  ipc: changed('`host` and `service:` are refused; every pod has its own'),
  label_file: kept('its labels are in `labels` already'),
  links: changed('the alias is a further name of the other service, for all'),
  mac_address: dropped('pods get their addresses from the cluster'),
  mem_limit: kept(`limits.memory; ${NOTHING_RESERVED}`),
  mem_reservation: kept('requests.memory'),
  mem_swappiness: dropped('swap is the kubelet’s affair'),
  memswap_limit: dropped('swap is the kubelet’s affair'),
  models: refused(
    'Docker’s model runner is not there',
    'Run the model as a service, and name its address in environment.',
  ),
  network_mode: changed(
    '`bridge` is the network that all pods have; `host`, `none`, `service:` and `container:` are refused',
  ),
  'networks.gw_priority': dropped('a pod has one network'),
  'networks.interface_name': dropped('a pod has one network'),
  'networks.link_local_ips': dropped('pods get their addresses from the cluster'),
  'networks.mac_address': dropped('pods get their addresses from the cluster'),
  'networks.priority': dropped('a pod has one network'),
  oom_kill_disable: dropped('Kubernetes ends what takes more memory than it may'),
  pid: changed('`host` and `service:` are refused'),
  pids_limit: dropped('Kubernetes limits processes on the node', 'Set podPidsLimit of the kubelet.'),
  platform: changed('node affinity to the system and architecture'),
  ports: kept(
    'a Service of type LoadBalancer of the class homeport.dev/edge (edges refuse UDP as yet); a port of one address of the host stays within the cluster, and is said; of a range for one port the first is taken',
  ),
  'ports.app_protocol': dropped('nobody reads it'),
  'ports.name': dropped('ports are named after their numbers'),
  post_start: dropped('nothing runs beside the start of a pod', 'Run it in the entrypoint.'),
  pre_stop: dropped('nothing runs before the end of a pod', 'Run it in the entrypoint, on SIGTERM.'),
  privileged: changed('refused without the label `homeport.dev/privilege-escalation: allow`'),
  profiles: kept('a service whose profiles are not asked for (--profile) is left out'),
  provider: refused(
    'a program beside Docker makes it',
    'Make it beforehand, and name its address in environment.',
  ),
  pull_policy: dropped(
    'Kubernetes pulls an image that is not there, and one without a tag or of `latest` always',
  ),
  pull_refresh_after: dropped('Kubernetes pulls an image that is not there'),
  restart: changed(
    '`always` and `unless-stopped` as always; `no` is a Job where nothing shows that the service serves; `on-failure` as in deploy.restart_policy, which wins',
  ),
  runtime: dropped('runtimes are chosen with a RuntimeClass', 'Patch runtimeClassName into the workload.'),
  scale: kept('replicas'),
  security_opt: changed('`no-new-privileges` is how every pod runs; others are dropped, and said'),
  shm_size: kept('memory of this size at /dev/shm'),
  storage_opt: dropped('the file system of a container is the node’s affair'),
  use_api_socket: refused('there is no Docker on a node of Kubernetes', 'Take it out.'),
  userns_mode: dropped('Kubernetes has its own'),
  uts: dropped('every pod has its own'),
  volumes_from: changed('the mounts of the other service, read-only with `:ro`; `container:` is refused'),
}

export const COMPOSE_NETWORK_KEYS: Readonly<Record<string, KeyFate>> = {
  enable_ipv4: dropped('the network is Kubernetes’ own'),
  enable_ipv6: dropped('the network is Kubernetes’ own'),
}

export const COMPOSE_FILE_KEYS: Readonly<Record<string, KeyFate>> = {
  content: kept('the content'),
  environment: kept('the content, out of the environment or .env'),
}

/** Of the top level. */
export const COMPOSE_TOP_KEYS: Readonly<Record<string, KeyFate>> = {
  include: kept('put in before anything else'),
  models: refused('Docker’s model runner is not there', 'Run the model as a service.'),
  name: changed('the name on the command line counts, and another is said'),
  version: dropped('it is obsolete', 'Leave it out.'),
}
