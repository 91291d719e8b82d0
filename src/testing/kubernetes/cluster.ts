import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defer } from '../cleanup.ts'
import { type ProcessOptions, type StartedProcess, startProcess } from '../start-process.ts'
import { KubernetesClient } from './client.ts'
import { emptyNamespace } from './empty-namespace.ts'
import { holdKube, KUBE, kube } from './kube.ts'

export interface ClusterOptions {
  /** 2 unless told. */
  readonly nodes?: number
  readonly proxyMode?: 'iptables' | 'nftables'
}

/** A machine of the cluster's world: a network of its own; a node is more than that. */
export type Space = 'edge' | 'client' | 'cp' | `node${number}`

/** A node's addresses: on the internet, and on the provider's network. */
export interface NodeAddresses {
  readonly external: string
  readonly internal: string
}

/** A real cluster with nodes, an edge and a client, each in a network of its own on this machine. Needs root. */
export class Cluster {
  readonly folder: string
  readonly client: KubernetesClient
  /** Where the programs are: `kubectl`, `echo` ... */
  readonly programs: string
  /** The addresses of the internet's machines: the network's first two numbers, `10.66`. */
  readonly #net: string

  private constructor(folder: string, client: KubernetesClient, programs: string, net: string) {
    this.folder = folder
    this.client = client
    this.programs = programs
    this.#net = net
  }

  /** Returns when all nodes are Ready and cluster DNS answers: 10 s and more. */
  static async start(
    defer: Defer,
    { nodes = 2, proxyMode = 'iptables' }: ClusterOptions = {},
  ): Promise<Cluster> {
    return await Cluster.at(
      await holdKube(defer, 'cluster', ['--nodes', `${nodes}`, '--proxy-mode', proxyMode]),
    )
  }

  /** The one that is up in `folder`. */
  static async at(folder: string): Promise<Cluster> {
    const [programs, net] = await Promise.all([readLine(join(folder, 'bin')), readLine(join(folder, 'net'))])
    return new Cluster(folder, await KubernetesClient.read(join(folder, 'kubeconfig')), programs, net)
  }

  /** The path of the administrator's kubeconfig. It serves on this machine and in every space that reaches the API. */
  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig')
  }

  get edgeAddress(): string {
    return this.internetAddress(100)
  }

  get clientAddress(): string {
    return this.internetAddress(200)
  }

  /** An address on the internet. Taken: 1 (this machine), 2, 11 and up, 51 and up, 61 and up (nodes), 100, 200. */
  internetAddress(last: number): string {
    return `${this.#net}.0.${last}`
  }

  async addresses(node: number): Promise<NodeAddresses> {
    const text = await readFile(join(this.folder, `nodes/node${node}/address`), 'utf8')
    const { external = '', internal = '' } = Object.fromEntries(
      text.split('\n').map((line): [string, string] => {
        const [name = '', value = ''] = line.split('=')
        return [name, value]
      }),
    )
    return { external, internal }
  }

  /** Addresses that it does not have now, for it to move to. */
  async otherAddresses(node: number): Promise<NodeAddresses> {
    const { external, internal } = await this.addresses(node)
    const [internet, provider] = [`${this.#net}.0`, `${this.#net}.1`]
    const [one, other] = [50 + node, 60 + node]
    return {
      external: `${internet}.${external === `${internet}.${one}` ? other : one}`,
      internal: `${provider}.${internal === `${provider}.${one}` ? other : one}`,
    }
  }

  /** What kubectl prints, as the administrator. */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    return await kube(this.folder, ['kubectl', ...args], input)
  }

  /** Applies a manifest in YAML or JSON. */
  async apply(manifest: string): Promise<void> {
    await this.kubectl(['apply', '-f', '-'], manifest)
  }

  /**
   * Makes an image and puts it on every node; pods name it with `imagePullPolicy: Never`.
   * @param source a static program, a root folder, or a tar of one.
   */
  async image(name: string, source: string, entrypoint: readonly string[] = []): Promise<void> {
    await kube(this.folder, ['image', name, source, ...entrypoint])
  }

  /** The name of a new namespace, which is gone afterwards with all that is in it. */
  async namespace(defer: Defer): Promise<string> {
    const { metadata } = await this.client.create('/api/v1/namespaces', {
      metadata: { generateName: 'test-' },
    })
    defer(() => emptyNamespace(this.client, metadata.name))
    return metadata.name
  }

  /** What stands before a command that runs in `space`. */
  prefix(space: Space): readonly [string, ...string[]] {
    return [KUBE, '--dir', this.folder, 'in', space]
  }

  /** What a command prints that runs in `space`. @throws Error when it fails. */
  async in(space: Space, command: string, args: readonly string[] = []): Promise<string> {
    return await kube(this.folder, ['in', space, command, ...args])
  }

  /** Starts a program in `space`, to be ended afterwards. */
  async startIn(
    defer: Defer,
    space: Space,
    command: readonly [string, ...string[]],
    options: ProcessOptions = {},
  ): Promise<StartedProcess> {
    const [kube, ...args] = this.prefix(space)
    return await startProcess(defer, kube, [...args, ...command], options)
  }

  /** A power cut: all that runs on the node ends without a word, its disk stays. */
  async stopNode(node: number): Promise<void> {
    await kube(this.folder, ['node', 'stop', `${node}`])
  }

  /** Power again. Returns when the node is Ready. */
  async startNode(node: number): Promise<void> {
    await kube(this.folder, ['node', 'start', `${node}`])
  }

  /** The provider gives a node another address, on the network that the address is of. Its pods go on. */
  async readdressNode(node: number, address: string): Promise<void> {
    await kube(this.folder, ['node', 'readdress', `${node}`, address])
  }

  /** Drops all packets between two spaces. */
  async cut(one: Space, other: Space): Promise<void> {
    await kube(this.folder, ['net', 'cut', one, other])
  }

  /** Mends every cut. */
  async heal(): Promise<void> {
    await kube(this.folder, ['net', 'heal'])
  }

  /** Ends the API server; what etcd has stays, and what runs on the nodes goes on. */
  async stopApiServer(signal: 'TERM' | 'KILL' = 'TERM'): Promise<void> {
    await kube(this.folder, ['api', 'stop', signal])
  }

  async startApiServer(): Promise<void> {
    await kube(this.folder, ['api', 'start'])
  }
}

async function readLine(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim()
}
