import type { TestProject } from 'vitest/node'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { lackingForKubernetes } from '../../src/testing/kubernetes/programs.ts'
import { SHARED } from '../../src/testing/kubernetes/shared-api-server.ts'

/**
 * Starts the API server that the project's test files share, unless the environment names one that is up already. Where
 * there can be none, the tests that need it are skipped (`noApiServer`).
 */
export default async function shareApiServer({
  name,
}: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env[SHARED] !== undefined) return undefined
  const lacking = await lackingForKubernetes('api')
  if (lacking) {
    const skipped = process.env['CI'] ? 'fail' : 'are skipped'
    console.warn(`The tests of the project ${name} (test/kubernetes) ${skipped}: ${lacking}`)
    process.env[SHARED] = ''
    return undefined
  }
  const stack = new CleanupStack()
  try {
    process.env[SHARED] = (await ApiServer.start(stack.defer)).folder
  } catch (error) {
    await stack.release()
    throw error
  }
  return () => stack.release()
}
