import type { CallKind } from '../kubernetes/caller.ts'

/** A way by which clients use what a scene is about. */
export interface Way {
  /** For people: "MQTT, port 8443". */
  readonly what: string
  readonly kind: CallKind
  /** Of the edge. */
  readonly port: number
  /** The name of a web site. */
  readonly site?: string
  /** What clients are answered when all is well. */
  readonly answer: RegExp
}

/** Something that runs in a cluster and is reached through the edge, by manifests of deploy/kubernetes as they are. */
export interface Scene {
  /** For people. */
  readonly title: string
  readonly namespace: string
  /** Files of deploy/kubernetes, in the order in which they are applied. */
  readonly manifests: readonly string[]
  readonly deployments: readonly string[]
  /** The port of the edge that its phone claims, and its token opens. */
  readonly port: number
  readonly ways: readonly Way[]
}

export const SIDECAR: Scene = {
  title: 'Mosquitto, with homeport agent as a sidecar',
  namespace: 'mqtt',
  manifests: ['sidecar.yaml'],
  deployments: ['mosquitto'],
  port: 8443,
  ways: [{ what: 'MQTT on port 8443', kind: 'mqtt', port: 8443, answer: /^hello$/ }],
}

export const INGRESS: Scene = {
  title: 'Traefik, an ingress controller, with a phone-home pod beside it',
  namespace: 'ingress',
  manifests: ['ingress.yaml', 'ingress-phone.yaml'],
  deployments: ['traefik', 'homeport-phone'],
  port: 443,
  ways: [{ what: 'HTTPS on port 443', kind: 'https', port: 443, answer: /^404 page not found$/ }],
}

/** Its UI needs the ingress controller. */
export const APPLICATION: Scene = {
  title: 'a shop: its UI through the ingress, and a port of its own through a sidecar',
  namespace: 'shop',
  manifests: ['application.yaml'],
  deployments: ['shop'],
  port: 8080,
  ways: [
    {
      what: 'https://shop.example.com',
      kind: 'https',
      port: 443,
      site: 'shop.example.com',
      answer: /^shop-\S+ sees /,
    },
    { what: 'HTTP on port 8080', kind: 'http', port: 8080, answer: /^shop-\S+ sees / },
  ],
}

export const SCENES = [SIDECAR, INGRESS, APPLICATION]
