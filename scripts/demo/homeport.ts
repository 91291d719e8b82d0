/** The program, as it is run from a checkout. */
export const HOMEPORT = new URL('../../bin/homeport', import.meta.url).pathname

/** This process's environment without settings for an edge or an agent that are not the demo's. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HOMEPORT_')))
}
