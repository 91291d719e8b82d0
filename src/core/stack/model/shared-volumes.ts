import type { CanonicalStack, CanonicalVolume } from '../canonical.ts'
import type { StackContext } from './context.ts'

/** The names that the volumes of a stack have in all of Swarm. */
export function volumesOf(stackName: string, { volumes }: CanonicalStack): string[] {
  return [...volumes].map(([key, volume]) => outside(stackName, key, volume))
}

function outside(stackName: string, key: string, { name }: CanonicalVolume): string {
  return name ?? `${stackName}_${key}`
}

/** Volumes that several stacks had in common by their names: a claim is in one namespace. */
export function tellOfSharedVolumes({ stack, stackName, options, findings }: StackContext): void {
  for (const [key, volume] of stack.volumes) {
    const name = outside(stackName, key, volume)
    for (const { namespace, volumes } of options.neighbours) {
      if (volumes.includes(name))
        findings.warn(
          ['volumes', key],
          `the stack ${namespace} has the volume ${name} too: here each has one of its own`,
          'Put both into one stack, or on a share that both mount (NFS).',
        )
    }
  }
}
