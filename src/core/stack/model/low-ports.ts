import type { Port, Security } from './service-model.ts'

const START = 'net.ipv4.ip_unprivileged_port_start'

/**
 * Docker lets everybody in a container listen on ports below 1024, and so does containerd from 2.0 on; before that, who is
 * not root needs this sysctl, which every kubelet allows.
 */
export function withLowPorts(security: Security, ports: readonly Port[]): Security {
  const { uid = 0, sysctls } = security
  if (uid === 0 || !ports.some(({ port }) => port < 1024) || sysctls.some(({ name }) => name === START))
    return security
  return { ...security, sysctls: [...sysctls, { name: START, value: '0' }] }
}
