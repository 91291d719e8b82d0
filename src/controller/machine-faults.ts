import { readFileSync } from 'node:fs'
import { kubeconfigAccess } from '../kubernetes/kubeconfig.ts'
import type { Machine } from './controller-sheet.ts'

/** What on this machine keeps settings from being used. */
export const machineFaults: Machine = {
  accessFault({ config, context }) {
    return faultOf(() =>
      kubeconfigAccess({
        ...(config !== undefined && { kubeconfig: config }),
        ...(context !== undefined && { context }),
      }),
    )
  },
  authorityFault(path) {
    return faultOf(() => {
      if (!readFileSync(path, 'utf8').includes('-----BEGIN CERTIFICATE-----'))
        throw new Error('has no certificate in it (PEM)')
    })
  },
}

function faultOf(use: () => unknown): string | undefined {
  try {
    use()
    return undefined
  } catch (error) {
    // What follows may be a piece of the file, with its secrets.
    const [first] = (error instanceof Error ? error.message : String(error)).split('\n')
    return first
  }
}
