import { ApiServer } from './api-server.ts'

/** Where test/setup/kubernetes.ts tells the tests of its project which API server is there for all of them. */
export const SHARED = 'HOMEPORT_TEST_API_SERVER'

/**
 * Whether there is none, for `describe.skipIf(noApiServer)`. With `CI` set nothing is skipped: who is without one there
 * fails.
 */
export const noApiServer = !process.env[SHARED] && !process.env['CI']

/** The API server that all test files of the project share: without controllers, never stopped. Use a namespace of your own. */
export async function sharedApiServer(): Promise<ApiServer> {
  const folder = process.env[SHARED]
  if (!folder) throw new Error('There is no API server here; why, the output says at its beginning.')
  return await ApiServer.at(folder)
}
