import { type Command, InvalidArgumentError, Option } from 'commander'
import {
  DEFAULT_OPTIONS,
  type Neighbour,
  type PhoneOption,
  type StackOptions,
} from '../core/stack/model/options.ts'
import { usageFailure } from './failure.ts'
import { type StackOptions as InputOptions, readsAStack } from './stack-input.ts'

/** What says how a stack is rendered, the same for all commands that render one. */
export interface RenderOptions extends InputOptions {
  readonly volumeSize: string
  readonly storageClass?: string
  readonly sharedVolumes: StackOptions['sharedVolumes']
  readonly timeZone: string
  readonly waitImage: string
  readonly pullSecret?: readonly string[]
  readonly beside?: readonly BesideStack[]
  readonly ingress: StackOptions['ingress']
  readonly ingressClass?: string
  readonly ingressNamespace?: readonly string[]
  readonly clusterIssuer?: string
  readonly oauthUrl: string
  readonly oauthSignIn?: string
  readonly phone: StackOptions['phone']['kind']
  readonly phoneImage?: string
  readonly phoneToken: string
  readonly edge?: string
  readonly cluster: string
}

/** Another stack of the cluster, and its file. */
export interface BesideStack {
  readonly name: string
  readonly file: string
}

/** Gives a command the name of a stack, and the options that say which files it reads and what it makes of them. */
export function rendersAStack(command: Command): Command {
  return saysHowToRender(command.argument('<name>', "the stack's name, which becomes its namespace"))
}

/** Gives a command the options that say which files it reads, and what it makes of them. */
export function saysHowToRender(command: Command): Command {
  const { volumeSize, sharedVolumes, timeZone, ingress, oauthUrl, waitImage } = DEFAULT_OPTIONS
  return readsAStack(command)
    .option('--volume-size <size>', 'the size of volumes that name none', volumeSize)
    .option('--storage-class <name>', "the class of volumes; left out, the cluster's default")
    .addOption(
      new Option('--shared-volumes <how>', 'what becomes of volumes that several pods use')
        .choices(['co-locate', 'ReadWriteMany'])
        .default(sharedVolumes),
    )
    .option('--time-zone <zone>', 'what /etc/localtime of the host stands for', timeZone)
    .option('--wait-image <image>', 'what waits for other services, with sh, nc and curl in it', waitImage)
    .option('--pull-secret <names...>', 'the Secrets of its namespace with which images are pulled')
    .addOption(
      new Option('--ingress <which>', 'the ingress controller of the cluster')
        .choices(['traefik', 'nginx', 'haproxy', 'none'])
        .default(ingress),
    )
    .option('--ingress-class <name>', "the IngressClass of the routes; left out, the controller's own")
    .option('--ingress-namespace <names...>', 'where the controller runs; left out, where its chart puts it')
    .option('--cluster-issuer <name>', "cert-manager's issuer of certificates, for nginx and haproxy")
    .option('--oauth-url <url>', 'where nginx and haproxy ask who somebody is', oauthUrl)
    .option('--oauth-sign-in <url>', 'where they send whoever is nobody yet; left out, these are refused')
    .addOption(
      new Option('--phone <how>', 'who tells the edge which ports are published')
        .choices(['controller', 'sidecar', 'affinity'])
        .default('controller'),
    )
    .option('--edge <urls>', 'the edge that agents call, or several with commas: https://203.0.113.5:9443')
    .option('--phone-image <image>', 'the image of the agents')
    .option('--phone-token <secret>', 'the Secret with their token, in its key token', 'homeport')
    .option('--cluster <name>', 'what the edge calls this cluster, for agents', 'default')
    .option(
      '--beside <name=file>',
      'another stack of the cluster, which may share networks and folders',
      besides,
    )
}

function besides(text: string, before: readonly BesideStack[] = []): readonly BesideStack[] {
  const [, name, file] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  if (name === undefined || file === undefined)
    throw new InvalidArgumentError('Write NAME=FILE: the name of the stack, and its file.')
  return [...before, { name, file }]
}

/**
 * @param folder the folder of the first stack file, absolute
 * @param neighbours what the stacks of `--beside` share
 */
export function stackOptions(
  options: RenderOptions,
  folder: string,
  neighbours: readonly Neighbour[],
): StackOptions {
  const { volumeSize, storageClass, sharedVolumes, timeZone, ingress, oauthUrl, waitImage } = options
  const { ingressClass, ingressNamespace, clusterIssuer, oauthSignIn } = options
  return {
    ...DEFAULT_OPTIONS,
    folder,
    volumeSize,
    sharedVolumes,
    timeZone,
    waitImage,
    neighbours,
    pullSecrets: options.pullSecret ?? [],
    phone: phoneOption(options),
    ingress,
    oauthUrl,
    ...(ingressClass && { ingressClass }),
    ...(ingressNamespace && { ingressNamespaces: ingressNamespace }),
    ...(clusterIssuer && { clusterIssuer }),
    ...(oauthSignIn && { oauthSignIn }),
    ...(storageClass && { storageClass }),
  }
}

/** An agent has to know where its edge is, and the cluster where the agent is. */
function phoneOption({ phone, phoneImage, phoneToken, edge, cluster }: RenderOptions): PhoneOption {
  if (phone === 'controller') return { kind: phone }
  const urls = (edge ?? '').split(/[\s,]+/).filter((url) => url !== '')
  if (urls.length === 0 || !urls.every((url) => URL.parse(url)?.protocol === 'https:'))
    throw usageFailure(`--phone ${phone} needs the edge`, 'Give its URL: --edge https://203.0.113.5:9443')
  if (!phoneImage)
    throw usageFailure(
      `--phone ${phone} needs the image of the agent`,
      'Give it: --phone-image registry.example.com/homeport-agent:0.1.0 (docs/agent.md says how to build it).',
    )
  return { kind: phone, image: phoneImage, edges: urls.join(','), tokenSecret: phoneToken, cluster }
}
