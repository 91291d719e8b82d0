/** A path of the host that a pod does not get, and why. */
export interface HostPathRule {
  readonly pattern: RegExp
  /** As the docs show it. */
  readonly path: string
  /** `refuse`: the stack is no stack without it. `leave-out`: the service does without it here. */
  readonly fate: 'refuse' | 'leave-out'
  readonly reason: string
  readonly remedy: string
}

const ALLOW = 'or allow it with the label homeport.dev/host-paths: allow.'

/** The closed list, the first that fits counts. Kept in docs/stacks.md by `npm run docs`. */
export const HOST_PATH_RULES: readonly HostPathRule[] = [
  {
    pattern: /\/(docker|containerd|podman|crio)(\.raw)?\.sock$/,
    path: 'docker.sock, containerd.sock',
    fate: 'refuse',
    reason: 'there is no Docker on a node of Kubernetes, and its socket is root on the whole machine',
    remedy:
      'What looks at or steers containers asks the API server instead: take the mount out, and name a ServiceAccount with the label homeport.dev/service-account. Traefik and Portainer are known, and done so by themselves; Portainer gets rights by the label homeport.dev/cluster-admin: allow.',
  },
  {
    pattern: /^\/var\/lib\/(docker|containerd|kubelet|rancher)(\/|$)/,
    path: '/var/lib/docker, /var/lib/containerd, /var/lib/kubelet',
    fate: 'refuse',
    reason: 'the files of the container engine are another engine’s on a node of Kubernetes',
    remedy: `Volumes are PersistentVolumeClaims, logs are at the API server (kubectl logs), figures of containers at the kubelet (/metrics/cadvisor): use those, ${ALLOW}`,
  },
  {
    pattern: /^\/(lib|usr\/lib)\/modules(\/|$)|^\/usr\/src(\/|$)/,
    path: '/lib/modules, /usr/src',
    fate: 'leave-out',
    reason: "a node loads its kernel's modules itself",
    remedy: 'Where a module is missing (wireguard, say), have the node load it: /etc/modules-load.d.',
  },
  {
    pattern: /^\/(proc|sys)(\/|$)/,
    path: '/proc, /sys',
    fate: 'refuse',
    reason: 'that is the kernel of the node itself',
    remedy: `For the node's figures run the node exporter's own chart (prometheus-community/prometheus-node-exporter), ${ALLOW}`,
  },
  {
    pattern: /^\/dev(\/|$)/,
    path: '/dev',
    fate: 'refuse',
    reason: 'devices of a node are given to pods by a device plugin',
    remedy: `Install the device's plugin (generic-device-plugin, NVIDIA's, Intel's), ${ALLOW}`,
  },
  {
    pattern: /^\/(var\/)?run(\/|$)/,
    path: '/run, /var/run',
    fate: 'refuse',
    reason: "the sockets there are of the node's own services",
    remedy: `Reach the service over the network, ${ALLOW}`,
  },
  {
    pattern: /^\/(etc\/(passwd|shadow|group|hosts|hostname|resolv\.conf|machine-id|os-release)|etc)$/,
    path: '/etc, /etc/passwd, /etc/hosts, /etc/hostname and the like',
    fate: 'refuse',
    reason: 'these files are of the node that happens to run the pod',
    remedy: `Write what the service needs as a config; the name of the node is {{.Node.Hostname}} in a variable, ${ALLOW}`,
  },
  {
    pattern:
      /^\/(boot|bin|sbin|lib|lib64|usr|root|home|var|opt|mnt|srv|media|tmp|var\/log|var\/lib|usr\/local|usr\/bin)?$/,
    path: '/, and the folders right below it',
    fate: 'refuse',
    reason: "that is the node's own file system",
    remedy: `Name the folder with the service's own data, ${ALLOW}`,
  },
]

/** The rule for a path, as it is when it is canonical. */
export function hostPathRule(path: string): HostPathRule | undefined {
  return HOST_PATH_RULES.find(({ pattern }) => pattern.test(path))
}

/** Paths that say which time zone it is. */
export function isTimeZone(path: string): boolean {
  return /^\/etc\/(localtime|timezone)$|^\/usr\/share\/zoneinfo(\/|$)/.test(path)
}

/** `/a/./b//c/../d/` is `/a/b/d`. */
export function canonicalPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
