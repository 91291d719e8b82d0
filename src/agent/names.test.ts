import { expect, it } from 'vitest'
import { ClusterName, OwnerName, PhoneName } from '../wire/names.ts'
import { CLUSTER_NAME, OWNER_NAME, PHONE_NAME } from './names.ts'

it.each([
  ['a cluster', CLUSTER_NAME, ClusterName],
  ['a phone', PHONE_NAME, PhoneName],
  ['an owner', OWNER_NAME, OwnerName],
])("the agent's pattern of %s is the wire's", (_, pattern, schema) => {
  expect(schema).toHaveProperty('pattern', pattern.source.replaceAll('\\/', '/'))
})
