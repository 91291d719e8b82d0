/** A thread of clients: each connects, waits for the first line, cuts, and connects again. */
import { parentPort, workerData } from 'node:worker_threads'
import { whoAnswers } from './who-answers.ts'

interface Work {
  readonly ports: readonly number[]
  readonly connections: number
  readonly clients: number
}

const { ports, connections, clients }: Work = workerData
let [made, failed] = [0, 0]

/** Each client has an address of its own: one address has only 28,000 ports to connect from. */
async function client(index: number): Promise<void> {
  while (made < connections) {
    made += 1
    const port = ports[made % ports.length] ?? 0
    if ((await whoAnswers(port, '127.0.0.1', `127.0.1.${index + 1}`)) === undefined) failed += 1
  }
}

await Promise.all(Array.from({ length: clients }, (_, index) => client(index)))
parentPort?.postMessage({ made, failed })
