import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { processDisk } from '../../cli/disk.ts'
import type { Defer } from '../cleanup.ts'
import { homeport } from '../homeport-command.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import type { KubernetesClient } from './client.ts'
import { emptyNamespace } from './empty-namespace.ts'

/** A cluster or an API server, with its administrator's access. */
export interface Place {
  readonly kubeconfig: string
  readonly client: KubernetesClient
}

/** One stack, its file, and the commands of `homeport stack` on a cluster. */
export class StackCommands {
  readonly name: string
  readonly folder: string
  readonly #place: Place

  private constructor(name: string, folder: string, place: Place) {
    this.name = name
    this.folder = folder
    this.#place = place
  }

  /** @param name of the stack; its namespace is gone afterwards. Unless told, one that nobody has. */
  static async prepare(
    defer: Defer,
    place: Place,
    name = `stack-${process.pid}-${counter++}`,
  ): Promise<StackCommands> {
    const commands = new StackCommands(name, await temporaryFolder(defer), place)
    defer(() => emptyNamespace(place.client, name))
    return commands
  }

  /** Where its objects are: `path('/apis/apps/v1', 'deployments/web')`. */
  path(base: string, rest: string): string {
    return `${base}/namespaces/${this.name}/${rest}`
  }

  write(text: string): void {
    writeFileSync(join(this.folder, 'stack.yml'), text)
  }

  /** A verb that reads the file, on what stands in it now. */
  async read(verb: 'deploy' | 'diff', text: string, ...options: readonly string[]) {
    this.write(text)
    return await this.run(verb, '-c', 'stack.yml', this.name, ...options)
  }

  async run(verb: string, ...options: readonly string[]) {
    const disk = { ...processDisk, folder: this.folder }
    return await homeport(['stack', verb, ...options, '--kubeconfig', this.#place.kubeconfig], {}, 0, disk)
  }
}

let counter = 0
