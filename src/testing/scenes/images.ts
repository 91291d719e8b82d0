import { join } from 'node:path'
import type { Defer } from '../cleanup.ts'
import type { Cluster } from '../kubernetes/cluster.ts'
import { builtPrograms, recipeImage } from '../kubernetes/recipe-image.ts'
import { rootFolder } from '../kubernetes/root-folder.ts'

/** Makes the images that the manifests of the scenes name, and puts them on every node: nothing is pulled. */
export async function sceneImages(defer: Defer, cluster: Cluster): Promise<void> {
  await recipeImage(defer, cluster, 'agent', await builtPrograms(defer))
  const broker = await rootFolder(defer, { programs: { '/usr/sbin/mosquitto': '/usr/sbin/mosquitto' } })
  await cluster.image('docker.io/library/eclipse-mosquitto:2.0.22', broker, [
    '/usr/sbin/mosquitto',
    '-c',
    '/mosquitto/config/mosquitto.conf',
  ])
  await cluster.image('docker.io/library/traefik:v3.6.12', join(cluster.programs, 'traefik'))
  await cluster.image('registry.example.com/shop:1.0.0', join(cluster.programs, 'echo'), [
    '/echo',
    'serve',
    ':3000',
    ':8080',
  ])
}
