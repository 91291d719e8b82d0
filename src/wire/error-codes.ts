/**
 * Every error the edge can answer, the agent can print and `homeport explain` can explain: a closed table.
 * docs/errors.md says the same for people; a test holds the two together.
 *
 * `permanent`: the same call will be refused again until somebody changes something in it (or in its token).
 * `transient`: the same call may succeed later; a phone keeps calling.
 */
export interface ErrorEntry {
  /** The HTTP status when the whole request is refused with this code. */
  readonly status: number
  readonly lasts: 'permanent' | 'transient'
  /** What happened, in a few words: the `title` of the problem details. */
  readonly title: string
  /** What to do about it. */
  readonly remedy: string
}

const entry = (status: number, lasts: ErrorEntry['lasts'], title: string, remedy: string): ErrorEntry => ({
  status,
  lasts,
  title,
  remedy,
})

export const ERRORS = {
  // Who calls
  'token-missing': entry(
    401,
    'permanent',
    'no token',
    'Send the header `Authorization: Bearer <token>`; make a token with `homeport token create` on the edge.',
  ),
  'token-unknown': entry(
    401,
    'permanent',
    'the token is not known here',
    'Check that the token was made on this edge and not revoked (`homeport token list`); make another with `homeport token create`.',
  ),
  'token-expired': entry(
    401,
    'permanent',
    'the token has expired',
    'Make another with `homeport token create` and give it to the caller.',
  ),
  'outside-scope': entry(
    403,
    'permanent',
    'the token does not open this',
    'Use a token whose scope holds what the detail names, or make one: `homeport token create --help`.',
  ),
  'document-of-another': entry(
    403,
    'permanent',
    'the document belongs to another token',
    'Give this phone a name of its own, or revoke the token that wrote the document first.',
  ),

  'cluster-taken': entry(
    409,
    'transient',
    'the port belongs to another cluster of this name',
    'Give each cluster a name of its own (`--cluster`). Where the cluster was made anew, the port is its own as soon as the old one has fallen silent.',
  ),

  // The request as a whole
  'json-invalid': entry(
    400,
    'permanent',
    'the body is not JSON',
    'Send one JSON object in UTF-8, without duplicate keys.',
  ),
  'document-invalid': entry(
    422,
    'permanent',
    'the document does not follow the schema',
    'Compare it with /openapi.json; the detail names each field.',
  ),
  'media-type': entry(
    415,
    'permanent',
    'the body is not of a type that is read here',
    'Send `Content-Type: application/json`.',
  ),
  'body-too-large': entry(
    413,
    'permanent',
    'the body is too large',
    'Send less in one document, or split it among several phones.',
  ),
  'request-incomplete': entry(
    408,
    'transient',
    'the request did not arrive in time',
    'Look at the network between caller and edge, then call again.',
  ),
  'request-invalid': entry(
    400,
    'permanent',
    'the request is not well-formed',
    'Compare the path, the parameters and the headers with /openapi.json.',
  ),
  'not-found': entry(
    404,
    'permanent',
    'nothing is here',
    'Compare the method and the path with /openapi.json.',
  ),
  'method-not-allowed': entry(
    405,
    'permanent',
    'this path does not take that method',
    'Use a method that the header `Allow` of the answer names.',
  ),
  'document-unknown': entry(
    404,
    'transient',
    'the edge holds no document of this phone',
    'Send the whole document with PUT.',
  ),
  'digest-mismatch': entry(
    412,
    'transient',
    'the edge holds another document',
    'Send the whole document with PUT.',
  ),
  'fence-stale': entry(
    409,
    'permanent',
    'a newer leader has written',
    'Stop writing: this caller is no longer the leader.',
  ),
  'document-outdated': entry(
    409,
    'transient',
    'a newer document of this phone has arrived',
    'Call again with a `sequence` higher than the one in the detail.',
  ),

  // One claim
  'claim-invalid': entry(
    422,
    'permanent',
    'the claim does not follow the schema',
    'Mend the field that the detail names; the form is in /openapi.json.',
  ),
  'claim-duplicate': entry(
    422,
    'permanent',
    'the document claims this port twice',
    'Keep one claim per port and protocol; several backends go into one claim.',
  ),
  'no-backend': entry(
    503,
    'transient',
    'nothing to forward to',
    'The port is kept for its owner. Claim it with a backend; where the edge dropped one, because it failed while its phone was silent, call again.',
  ),
  'backend-forbidden': entry(
    422,
    'permanent',
    'the edge does not forward to this address',
    'Give the address of a node that the edge can reach: not its own, no loopback, link-local, multicast or unspecified one. The setting `backends.allowLoopback` opens loopback for trials.',
  ),
  'caller-unknown': entry(
    422,
    'transient',
    'the edge does not know the address that it should forward to',
    "Have the proxy in front of the edge (`api.trustedProxies`) add X-Forwarded-For, or name the address in the claim: the agent's HOMEPORT_ADDRESS.",
  ),
  'protocol-unsupported': entry(
    422,
    'permanent',
    'the edge does not carry this protocol',
    'Use `tcp`, or an edge that carries it.',
  ),
  'port-reserved': entry(
    409,
    'permanent',
    'the edge keeps this port for itself',
    "Claim another port, or take it off `ports.reserved` in the edge's config.",
  ),
  'port-taken': entry(
    409,
    'transient',
    'the port belongs to another owner',
    'Claim another port, or have the owner named in the detail release it; it is given on as soon as it is free.',
  ),
  'port-taken-on-host': entry(
    409,
    'transient',
    "a program on the edge's machine listens on this port",
    'Stop that program (`ss -ltnp` on the edge names it) or claim another port; the edge tries again every two seconds.',
  ),
  'reload-delayed': entry(
    503,
    'transient',
    'the change waits for its turn',
    'Nothing is wrong with it, and what ran before goes on. New ports and new settings of a port need a reload of HAProxy, and each leaves a worker behind for the sessions that it has; where those workers are many, a token that causes reload after reload waits, longer each time. Look for a phone that changes its claims again and again: `homeport events`.',
  ),
  'port-not-permitted': entry(
    403,
    'transient',
    'the edge may not open this port',
    'Run the edge as root, with CAP_NET_BIND_SERVICE, or lower the sysctl net.ipv4.ip_unprivileged_port_start; or claim a port from 1024 up.',
  ),

  // A Service of a cluster: the controller says these
  'annotation-invalid': entry(
    422,
    'permanent',
    'an annotation of the Service is not of the right form',
    'Mend what the message names. Until then what the Service had before stays as it was.',
  ),
  'no-node-port': entry(
    422,
    'permanent',
    'no node port leads to the Service',
    'An edge reaches a Service through its node ports: set `allocateLoadBalancerNodePorts` to true, or the type to NodePort, with a cluster IP.',
  ),
  'edge-unknown': entry(
    422,
    'permanent',
    'the controller has no edge of that name',
    'Name an edge of the controller in `loadBalancerClass` and `homeport.dev/edges`, or add the edge to its settings.',
  ),
  'too-many-ports': entry(
    422,
    'permanent',
    'more ports than there is room for',
    'Ask for fewer ports, or for fewer ranges and backends of each: the message says how many one Service, one namespace and one edge may have. The other ports are served.',
  ),
  'backends-down': entry(
    503,
    'transient',
    'none of the backends of a live port takes connections',
    'The port is open at the edge, but what is behind it does not answer. See whether the Service has a ready pod, and whether the edge reaches the node ports of the nodes: a firewall may be in between, or NAT. Nodes that the edge cannot call have to be reached by another address (`nodes.address`).',
  ),
  'status-held': entry(
    409,
    'transient',
    "another controller writes the Service's status",
    "A Service has one controller. Where another `homeport controller` serves its namespace too, take the namespace from one of them; where a load balancer of the cluster's own does (k3s ServiceLB, MetalLB), set `loadBalancerClass: homeport.dev/edge`, which it leaves alone, or switch it off.",
  ),

  // The edge itself
  'edge-full': entry(
    503,
    'transient',
    'the edge has no room for more',
    "Raise the file limit of HAProxy (LimitNOFILE) or the limit in the edge's config; the detail names it. Where a token has too much, `homeport claims` shows what is no longer needed; or give some of its phones another token.",
  ),
  'edge-busy': entry(
    503,
    'transient',
    'the edge has other large documents in work',
    'Call again after the seconds in `Retry-After`. Of one token it takes one document over 16 kB at a time, and 32 MB of all together: give phones with large documents a token each.',
  ),
  'storage-failed': entry(
    503,
    'transient',
    'the edge could not write its state',
    'Look at the disk of the edge (`df`, `dmesg`); nothing was changed, call again.',
  ),
  'haproxy-refused': entry(
    503,
    'transient',
    'HAProxy refused the configuration',
    "The detail has HAProxy's own words. If they name a file in haproxy.d, mend that file; else report it.",
  ),
  'haproxy-unavailable': entry(
    503,
    'transient',
    'HAProxy does not answer',
    'The edge restarts HAProxy by itself; if this lasts, `homeport status` on the edge says more.',
  ),
  'edge-stopping': entry(503, 'transient', 'the edge is about to stop', 'Call again in a few seconds.'),
  internal: entry(
    500,
    'transient',
    'a fault in the edge',
    "Call again; if it lasts, report the line of the edge's log that has this request's id.",
  ),

  // The caller's side
  'edge-unreachable': entry(
    503,
    'transient',
    'the edge does not answer',
    'Check the address, the firewall of the edge and its daemon (`systemctl status homeport-edge`).',
  ),
  'edge-untrusted': entry(
    502,
    'permanent',
    'the edge does not have the key that the token names',
    'Somebody may be in between, or the edge has a new key: make a new token on the edge and compare fingerprints with `homeport status`.',
  ),
  'token-unreadable': entry(
    401,
    'transient',
    'the controller has no token to call the edge with',
    'Put the token into the file (`kubectl -n homeport create secret generic homeport --from-file=token`): it is read before each call.',
  ),
  'config-invalid': entry(
    422,
    'permanent',
    'the configuration is not valid',
    'Mend each setting that is named; `--help` and docs/configuration.md have their forms.',
  ),
  'stack-invalid': entry(
    422,
    'permanent',
    'the stack file is not valid',
    'Mend each line that is named; `homeport stack check` says all of it again, with what to write instead.',
  ),
  'cluster-unreachable': entry(
    503,
    'transient',
    'the API server of the cluster does not answer',
    'Check that kubectl reaches it with the same kubeconfig and context; then do it again: what is done already stays done.',
  ),
  'cluster-refused': entry(
    422,
    'permanent',
    'the API server of the cluster refuses it',
    "The detail has the API server's own words: mend the stack, or the rights of your user there (kubectl auth can-i).",
  ),
  'stack-needs': entry(
    422,
    'permanent',
    'the cluster lacks something that the stack needs',
    'Make or install each of what is named, then deploy again.',
  ),
  'stack-conflict': entry(
    409,
    'permanent',
    'something of the stack belongs to somebody else',
    'Take it out of the stack or leave it to the stack: --force-conflicts takes over each field and object that is named.',
  ),
  'stack-busy': entry(
    409,
    'transient',
    'the stack is being deployed or removed already',
    'Wait until that is done, then do it again.',
  ),
  'stack-incomplete': entry(
    502,
    'transient',
    'only a part of it was done',
    'What is done stays done: mend what is named, if anything, and do it again for the rest.',
  ),
  'stack-not-ready': entry(
    503,
    'transient',
    'the stack is deployed and does not run as it should',
    'Mend what is named and deploy again; Kubernetes itself goes on trying.',
  ),
  'stack-stays': entry(
    503,
    'transient',
    'something of the stack is deleted and not gone yet',
    'Whoever put the finalizers on it has to take them off: see that it runs, then do it again.',
  ),
  'stack-stopped': entry(
    503,
    'transient',
    'the command was ended before it was done',
    'What is done stays done; do it again for the rest.',
  ),
  'stack-unknown': entry(
    404,
    'permanent',
    'the cluster has no such stack',
    'See which there are (`homeport stack ls`), and whether this is the cluster that you mean (--context).',
  ),
  'state-damaged': entry(
    500,
    'permanent',
    'the state file is damaged',
    "Nothing was changed. The last good copy is beside it: move state.db and state.db-wal away, copy state.db.good to state.db, and start again (docs/operations.md). Claims made since return with each phone's next call. The copy follows each change of the tokens within seconds: where one was made or revoked in the last moments before, see with `homeport token list` whether that is so.",
  ),
  'state-newer': entry(
    500,
    'permanent',
    'the state file was written by a newer Homeport',
    'Start the newer version, or move the file and its good copy away to begin with an empty state.',
  ),
  'state-in-use': entry(
    503,
    'transient',
    'another daemon uses the state',
    'Stop that daemon (`systemctl stop homeport-edge`), or give each a `stateDir` of its own.',
  ),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS

export const ERROR_CODES: readonly ErrorCode[] = Object.keys(ERRORS).filter(isErrorCode)

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text)
}

/** The entry of a code, with its widest type. */
export function errorEntry(code: ErrorCode): ErrorEntry {
  return ERRORS[code]
}
