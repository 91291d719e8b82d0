import type { Phone } from '../model/service-model.ts'

const TOKEN_FOLDER = '/run/homeport'

/** The agent as a container: docs/agent.md says what its environment means. */
export function agentContainer(name: string, phone: Phone): Record<string, unknown> {
  const { image, environment, readyPort } = phone
  // Several pods of one service are several phones, whatever the service's own hostname is.
  const pod = { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } }
  return {
    name,
    image,
    env: [
      { name: 'HOMEPORT_PHONE', valueFrom: pod },
      ...Object.entries(environment).map(([key, value]) => ({ name: key, value })),
    ],
    readinessProbe: { httpGet: { path: '/readyz', port: readyPort } },
    resources: { limits: { memory: '96Mi' }, requests: { cpu: '5m', memory: '32Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsGroup: 1000,
      runAsUser: 1000,
    },
    volumeMounts: [{ name: 'homeport', mountPath: TOKEN_FOLDER, readOnly: true }],
  }
}

/** Where the agent's token comes from. */
export function tokenVolume({ tokenSecret }: Phone): object {
  return { name: 'homeport', secret: { secretName: tokenSecret, defaultMode: 0o444 } }
}
