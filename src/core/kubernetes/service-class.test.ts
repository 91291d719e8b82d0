import { describe, expect, it } from 'vitest'
import { clusterRules, serviceObject } from '../../testing/cluster.ts'
import type { ServiceObject } from './objects.ts'
import { edgesOf, isOurs } from './service-class.ts'

const edges = [
  { name: 'ams', addresses: ['198.51.100.5'] },
  { name: 'fra', addresses: ['203.0.113.5'] },
]

/** Without a class: a field left out is another than one that is undefined. */
function unclassed(more: Partial<ServiceObject> = {}): ServiceObject {
  const { loadBalancerClass: _, ...service } = serviceObject(more)
  return service
}

describe('a Service is ours', () => {
  it.each([
    ['with the class of all edges', serviceObject(), true],
    ['with the class of one', serviceObject({ loadBalancerClass: 'homeport.dev/edge-fra' }), true],
    [
      'not with the class of one that another controller may have',
      serviceObject({ loadBalancerClass: 'homeport.dev/edge-x' }),
      false,
    ],
    ['not with the class of another', serviceObject({ loadBalancerClass: 'example.com/lb' }), false],
    [
      'not with a class that only begins like ours',
      serviceObject({ loadBalancerClass: 'homeport.dev/edges' }),
      false,
    ],
    ['not without a class', unclassed(), false],
    ['not as a NodePort without the annotation', unclassed({ type: 'NodePort' }), false],
    [
      'as a NodePort with it',
      unclassed({ type: 'NodePort', annotations: { 'homeport.dev/ports': '' } }),
      true,
    ],
    [
      'not as the load balancer of another, whatever its annotations',
      serviceObject({ loadBalancerClass: 'example.com/lb', annotations: { 'homeport.dev/ports': '1:1' } }),
      false,
    ],
  ])('%s', (_, service, ours) => {
    expect(isOurs(service, clusterRules)).toBe(ours)
  })

  it('without a class where the settings say so', () => {
    expect(isOurs(unclassed(), { edges, defaultClass: true })).toBe(true)
    expect(
      isOurs(serviceObject({ loadBalancerClass: 'example.com/lb' }), { edges, defaultClass: true }),
    ).toBe(false)
  })
})

describe('the edges of a Service', () => {
  const choice = (loadBalancerClass: string, text?: string) =>
    edgesOf(
      serviceObject({
        loadBalancerClass,
        annotations: text === undefined ? {} : { 'homeport.dev/edges': text },
      }),
      { edges },
    )

  it('are all, the one of its class, or those that it picks', () => {
    expect(choice('homeport.dev/edge').edges).toEqual(['ams', 'fra'])
    expect(choice('homeport.dev/edge-fra').edges).toEqual(['fra'])
    expect(choice('homeport.dev/edge', ' fra, ams,fra ').edges).toEqual(['ams', 'fra'])
    expect(choice('homeport.dev/edge', 'fra')).toEqual({ edges: ['fra'], problems: [], unreadable: false })
  })

  it('that the annotation does not name rightly are told, and what it meant is not known', () => {
    expect(choice('homeport.dev/edge', 'fra,fraa')).toMatchObject({
      edges: ['fra'],
      problems: [{ code: 'edge-unknown', message: expect.stringContaining('"fraa"') }],
      unreadable: true,
    })
    expect(choice('homeport.dev/edge-fra', 'ams').problems).toMatchObject([{ code: 'edge-unknown' }])
    expect(choice('homeport.dev/edge', ' , ')).toMatchObject({
      edges: [],
      problems: [{ code: 'annotation-invalid', message: expect.stringContaining('"ams,fra"') }],
      unreadable: true,
    })
  })
})
