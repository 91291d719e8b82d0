// The wire's patterns as they stand in src/wire/names.ts, without the schema library that it would load. A test
// compares the two.
const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
const SUBDOMAIN = '[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?'

export const CLUSTER_NAME = new RegExp(`^${LABEL}$`)
export const PHONE_NAME = new RegExp(`^${SUBDOMAIN}$`)
export const OWNER_NAME = new RegExp(`^${LABEL}/${SUBDOMAIN}$`)
