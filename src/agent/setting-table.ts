/** One setting of the agent: how it is given and what it means. docs/agent.md has the same table; a test compares. */
export interface SettingForm {
  readonly variable: string
  /** Absent for what must not stand in a list of processes. */
  readonly flag?: string
  /** What the original phone-home called it; used where the variable is not set. */
  readonly original?: string
  /** What is used where nothing is given, in words. */
  readonly fallback: string
  readonly meaning: string
}

export const SETTINGS = {
  edges: {
    variable: 'HOMEPORT_EDGES',
    flag: 'edges',
    original: 'WEBHOOK',
    fallback: 'required',
    meaning: 'URL of the edge, or of several: each is called.',
  },
  tokens: {
    variable: 'HOMEPORT_TOKEN',
    original: 'WEBHOOK_TOKEN',
    fallback: 'required, unless a token file is given',
    meaning: 'The token, or one for each edge in the same order.',
  },
  tokenFile: {
    variable: 'HOMEPORT_TOKEN_FILE',
    flag: 'token-file',
    fallback: 'none',
    meaning: 'A file with the same, read before each call: a token can be changed without a restart.',
  },
  owner: {
    variable: 'HOMEPORT_OWNER',
    flag: 'owner',
    original: 'NAME',
    fallback: 'required',
    meaning: 'Who the ports belong to: a name, or namespace/name.',
  },
  namespace: {
    variable: 'HOMEPORT_NAMESPACE',
    flag: 'namespace',
    fallback: "the pod's own, else default",
    meaning: 'The namespace of an owner that names none.',
  },
  cluster: {
    variable: 'HOMEPORT_CLUSTER',
    flag: 'cluster',
    fallback: 'default',
    meaning: 'The cluster that this phone calls from.',
  },
  phone: {
    variable: 'HOMEPORT_PHONE',
    flag: 'phone',
    fallback: "the host's name, which is the pod's",
    meaning: 'What this phone is called, unlike any other of its cluster.',
  },
  claims: {
    variable: 'HOMEPORT_CLAIMS',
    flag: 'claims',
    fallback: 'FRONTEND_PORT and BACKEND_PORT',
    meaning: 'Edge port:node port, several with commas: 8443:30843,443:30444/tcp,53:30053/udp.',
  },
  frontendPort: {
    variable: 'FRONTEND_PORT',
    fallback: 'none',
    meaning: 'The port of the edge, where HOMEPORT_CLAIMS is not set.',
  },
  backendPort: {
    variable: 'BACKEND_PORT',
    fallback: 'FRONTEND_PORT',
    meaning: 'The port of the node, where HOMEPORT_CLAIMS is not set.',
  },
  address: {
    variable: 'HOMEPORT_ADDRESS',
    flag: 'address',
    fallback: 'the address that the edge sees the call come from',
    meaning: 'The address of the node that the edge forwards to.',
  },
  sourceAddress: {
    variable: 'HOMEPORT_SOURCE_ADDRESS',
    flag: 'source-address',
    fallback: "the system's choice",
    meaning: 'The address of this machine to call from.',
  },
  proxyProtocol: {
    variable: 'HOMEPORT_PROXY_PROTOCOL',
    flag: 'proxy-protocol',
    original: 'SEND_PROXY',
    fallback: 'off',
    meaning: "Whether the backend gets the PROXY protocol's header: off, v1 or v2 (true means v1).",
  },
  check: {
    variable: 'HOMEPORT_CHECK',
    flag: 'check',
    fallback: 'tcp',
    meaning: 'How the edge sees whether a backend is well: tcp, http:/path or none.',
  },
  allow: {
    variable: 'HOMEPORT_ALLOW',
    flag: 'allow',
    fallback: 'everybody',
    meaning: 'Address ranges of the clients that may connect, several with commas.',
  },
  interval: {
    variable: 'HOMEPORT_INTERVAL',
    flag: 'interval',
    original: 'REPEAT_INTERVAL',
    fallback: '20',
    meaning: 'Seconds between two calls, or once.',
  },
  ttl: {
    variable: 'HOMEPORT_TTL',
    flag: 'ttl',
    fallback: 'three intervals, at least 60; 86400 with once',
    meaning: 'Seconds that the claims hold without another call, from 5 to 86400.',
  },
  release: {
    variable: 'HOMEPORT_RELEASE',
    flag: 'release',
    fallback: 'yes',
    meaning: 'Whether the claims are given up when the agent is told to stop: yes or no.',
  },
  readyFile: {
    variable: 'HOMEPORT_READY_FILE',
    flag: 'ready-file',
    fallback: 'none',
    meaning: 'A file that is there while the claims are live.',
  },
  readyPort: {
    variable: 'HOMEPORT_READY_PORT',
    flag: 'ready-port',
    fallback: 'none',
    meaning: 'A port that answers GET /readyz with 200 while the claims are live, else with 503.',
  },
  caFile: {
    variable: 'HOMEPORT_CA_FILE',
    flag: 'ca-file',
    fallback: "the token's fingerprint",
    meaning:
      "Certificates (PEM) of the authorities that vouch for the edge, in place of the token's fingerprint.",
  },
  log: {
    variable: 'HOMEPORT_LOG',
    flag: 'log',
    fallback: 'text',
    meaning: 'The form of the log: text or json.',
  },
} as const satisfies Record<string, SettingForm>

export type SettingName = keyof typeof SETTINGS

/** The table as rows, in the order in which people read it. */
export function settingRows(): [SettingName, SettingForm][] {
  return SETTING_NAMES.map((name) => [name, SETTINGS[name]])
}

const SETTING_NAMES = Object.keys(SETTINGS).filter(isSettingName)

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name)
}
