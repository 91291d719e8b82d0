import manifest from '../package.json' with { type: 'json' }

/** The version of Homeport: one for edge, agent and CLI. */
export const version: string = manifest.version
