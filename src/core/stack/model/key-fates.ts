import { changed, dropped, type KeyFate, kept, refused } from './key-fate.ts'

export type { Fate, KeyFate } from './key-fate.ts'

const BY_SWARM = 'Swarm ignores it'

/** Else the API server would reserve as much as the limit. */
export const NOTHING_RESERVED = 'where nothing is reserved the request is 0'

/** Every key of a service, `deploy.mode` for one in another. Kept in docs/stacks.md by `npm run docs`; a test holds it to the code. */
export const SERVICE_KEYS: Readonly<Record<string, KeyFate>> = {
  build: dropped(`${BY_SWARM}: nothing is built`, 'Build the image, push it, and name it as image.'),
  cap_add: kept('capabilities.add of the container'),
  cap_drop: kept('capabilities.drop of the container'),
  cgroup_parent: dropped(BY_SWARM),
  cgroupns_mode: dropped(BY_SWARM),
  command: kept('args; `$(NAME)` and `$$` stay what they are'),
  configs: kept('a ConfigMap named after its content, mounted as one file'),
  container_name: dropped(BY_SWARM, 'Other services reach it under the name of the service.'),
  credential_spec: refused('it is for Windows', 'Take it out.'),
  depends_on: dropped(`${BY_SWARM}: pods try again until what they need is there`),
  'deploy.endpoint_mode': kept('`dnsrr` makes the Service headless'),
  'deploy.labels': changed(
    'labels of Traefik and Homeport become routes; others annotations of the pods, but for what looks like a secret',
  ),
  'deploy.mode': changed(
    '`replicated` is a Deployment, `global` a DaemonSet (on the control plane too, as on managers), `replicated-job` a Job; `global-job` is refused',
  ),
  'deploy.placement.constraints': kept('node affinity'),
  'deploy.placement.max_replicas_per_node': changed(
    '1 is an anti-affinity; more is kept even on as many nodes as it takes, and said',
  ),
  'deploy.placement.preferences': kept('topologySpreadConstraints, where possible'),
  'deploy.replicas': kept('replicas; 0 stays 0'),
  'deploy.resources.limits.cpus': kept(`limits.cpu; ${NOTHING_RESERVED}`),
  'deploy.resources.limits.memory': kept(`limits.memory; ${NOTHING_RESERVED}`),
  'deploy.resources.limits.pids': dropped(
    'Kubernetes limits processes on the node',
    'Set podPidsLimit of the kubelet.',
  ),
  'deploy.resources.reservations.cpus': kept('requests.cpu'),
  'deploy.resources.reservations.generic_resources': refused(
    'devices have names in Kubernetes',
    'Install the device’s plugin, and run the service beside the stack.',
  ),
  'deploy.resources.reservations.memory': kept('requests.memory'),
  'deploy.restart_policy.condition': changed(
    '`any` as always; `none` is a Job, started once; `on-failure` too where it has no port, no volume that it writes to and nobody names it; either is said',
  ),
  'deploy.restart_policy.delay': dropped('Kubernetes waits longer after each failure'),
  'deploy.restart_policy.max_attempts': changed('backoffLimit of a Job; elsewhere Kubernetes never gives up'),
  'deploy.restart_policy.window': dropped('Kubernetes waits longer after each failure'),
  'deploy.rollback_config': dropped(
    'Kubernetes rolls back as it rolls out',
    'kubectl rollout undo goes back.',
  ),
  'deploy.update_config.delay': changed('minReadySeconds'),
  'deploy.update_config.failure_action': dropped(
    'a rollout that fails stops where it is',
    'kubectl rollout undo goes back.',
  ),
  'deploy.update_config.max_failure_ratio': dropped('a rollout that fails stops where it is'),
  'deploy.update_config.monitor': dropped('a rollout that fails stops where it is'),
  'deploy.update_config.order': kept('`stop-first` is maxUnavailable, `start-first` maxSurge'),
  'deploy.update_config.parallelism': kept('maxUnavailable or maxSurge'),
  devices: dropped(BY_SWARM, 'Install a device plugin in the cluster.'),
  // Behind the cluster's own, glibc would ask them only where those are silent, and musl (Alpine) would ask all at once and take
  // the first answer: then a server that knows no service says that there is none.
  dns: dropped(
    'pods ask the cluster’s own DNS, which alone knows the services',
    'Have CoreDNS forward to those servers, for a domain of theirs or for all: its Corefile.',
  ),
  dns_search: kept('dnsConfig.searches, after the cluster’s own'),
  domainname: dropped(BY_SWARM),
  entrypoint: kept('command'),
  env_file: changed(
    'the variables are in `environment` already; a service that has one keeps them all in a Secret',
  ),
  environment: kept('env; what is called like a secret is kept in one; templates become the downward API'),
  expose: kept('ports of the Service'),
  external_links: dropped(BY_SWARM, 'Share a network by name.'),
  extra_hosts: kept('hostAliases'),
  healthcheck: changed('readiness and liveness probes, and a startup probe for start_period'),
  hostname: kept('hostname, where it is one'),
  image: kept('image'),
  init: changed('shareProcessNamespace: the pause container buries the dead'),
  ipc: dropped(BY_SWARM),
  isolation: refused('it is for Windows', 'Take it out.'),
  labels: changed('as deploy.labels'),
  links: dropped(BY_SWARM, 'Services reach each other by their names.'),
  logging: dropped('the node keeps the logs of its pods', 'Run a collector of logs in the cluster.'),
  mac_address: dropped(BY_SWARM),
  network_mode: dropped(BY_SWARM),
  networks: changed(
    'shared ones open the NetworkPolicy; aliases become Services; within the stack all reach each other',
  ),
  'networks.driver_opts': dropped('the network is Kubernetes’ own'),
  'networks.ipv4_address': dropped(
    'pods get their addresses from the cluster',
    'Use the name of the service.',
  ),
  'networks.ipv6_address': dropped(
    'pods get their addresses from the cluster',
    'Use the name of the service.',
  ),
  oom_score_adj: dropped('Kubernetes sets it after the requests of memory'),
  pid: dropped(BY_SWARM),
  ports: kept(
    'a Service of type LoadBalancer of the class homeport.dev/edge (edges refuse UDP as yet); `mode: host` only on the nodes that run it; a port of another address than all is refused',
  ),
  privileged: dropped(BY_SWARM),
  read_only: kept('readOnlyRootFilesystem'),
  restart: changed(
    'where there is no deploy.restart_policy `always` and `unless-stopped` are any, `on-failure:3` is on-failure; `no` says nothing, as in Swarm',
  ),
  secrets: kept('a Secret named after its content, mounted as one file'),
  security_opt: dropped(BY_SWARM),
  shm_size: dropped(BY_SWARM, 'Mount a tmpfs at /dev/shm.'),
  stdin_open: kept('stdin'),
  stop_grace_period: kept('terminationGracePeriodSeconds, 10 s as in Docker unless said'),
  stop_signal: dropped('Kubernetes takes the signal from the image', 'Write STOPSIGNAL into its Dockerfile.'),
  sysctls: kept('sysctls of the pod; the kubelet has to allow those that are not safe'),
  tmpfs: changed('an emptyDir in memory; of its options the size is kept'),
  tty: kept('tty'),
  ulimits: dropped('Kubernetes has none', 'Set them on the nodes, for their container runtime.'),
  user: changed(
    'runAsUser and runAsGroup, by number; a name other than root, nobody and nogroup is refused. Who is not root may listen on ports below 1024, as in Docker',
  ),
  userns_mode: dropped(BY_SWARM),
  volumes: changed('a claim, a file of the stack, memory, or refused: see below'),
  working_dir: kept('workingDir'),
}

export const NETWORK_KEYS: Readonly<Record<string, KeyFate>> = {
  attachable: dropped('there is nothing to attach'),
  driver: dropped('the network is Kubernetes’ own'),
  driver_opts: dropped('the network is Kubernetes’ own'),
  external: kept('open to the pods of other stacks that are on it too'),
  internal: kept('who is on internal networks alone reaches nothing outside of the cluster: a NetworkPolicy'),
  ipam: dropped('pods get their addresses from the cluster'),
  labels: dropped('there is no object to carry them'),
  name: kept('as external: shared with all stacks that name it'),
}

export const VOLUME_KEYS: Readonly<Record<string, KeyFate>> = {
  driver: changed('the cluster’s storage stands for it'),
  driver_opts: changed(
    'NFS becomes a PersistentVolume, tmpfs memory, bind a folder; `size` a size; other types are refused',
  ),
  external: kept('the claim has to be there'),
  labels: changed(
    '`homeport.dev/size` is the size, `backup.kubernetes.io/deltas` the schedule of snapshots; others annotations of the claim, but for what looks like a secret',
  ),
  name: kept('the name of the claim'),
}

export const FILE_KEYS: Readonly<Record<string, KeyFate>> = {
  driver: refused(
    'a driver of Docker fills it',
    'Write the content into a file, or make it external and fill it from elsewhere (External Secrets).',
  ),
  driver_opts: refused(
    'a driver of Docker fills it',
    'Write the content into a file, or make it external and fill it from elsewhere (External Secrets).',
  ),
  external: kept('the Secret or ConfigMap has to be there'),
  file: kept('the content'),
  labels: dropped('nobody reads them'),
  name: kept('part of the object’s name'),
  template_driver: refused(
    'a driver of Docker fills it',
    'Write the content into a file, or make it external and fill it from elsewhere (External Secrets).',
  ),
}
