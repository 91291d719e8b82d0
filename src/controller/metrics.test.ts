import { expect, it } from 'vitest'
import type { ServiceObject } from '../core/kubernetes/objects.ts'
import { clusterRules, serviceObject } from '../testing/cluster.ts'
import { createMetrics } from './metrics.ts'

function said(name: string, status: 'True' | 'False', more: Partial<ServiceObject> = {}): ServiceObject {
  const condition = { type: 'homeport.dev/Live', status, reason: 'x', message: '', lastTransitionTime: '' }
  return serviceObject({ name, status: { ingress: [], conditions: [condition] }, ...more })
}

const refusal = { code: 'too-many-ports', detail: '', remedy: '', permanent: true }

it('counts the Services that are ours, and tells of the edges', async () => {
  let services = [
    said('a', 'True'),
    said('b', 'True'),
    said('c', 'False'),
    serviceObject({ name: 'd' }),
    said('e', 'True', { loadBalancerClass: 'else.example/lb' }),
  ]
  let isLeading = false
  const metrics = createMetrics({
    version: '1.2.3',
    rules: clusterRules,
    view: { services: () => services.map((service) => [service.key, service]) },
    leads: () => isLeading,
  })
  expect(await metrics.text()).toContain('\nhomeport_controller_leader 0\n')

  isLeading = true
  metrics.heard('fra', { kind: 'failed', refusal })
  metrics.heard('ams', { kind: 'failed', refusal, keeps: true })
  const lines = (await metrics.text()).split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'homeport_controller_info{version="1.2.3"} 1',
      'homeport_controller_leader 1',
      'homeport_controller_services{live="True"} 2',
      'homeport_controller_services{live="False"} 1',
      'homeport_controller_services{live="Unknown"} 1',
      'homeport_controller_edge_up{edge="fra"} 0',
      'homeport_controller_edge_up{edge="ams"} 1',
      'homeport_controller_document_refused{edge="fra"} 0',
      'homeport_controller_document_refused{edge="ams"} 1',
    ]),
  )

  services = []
  expect(await metrics.text()).not.toContain('homeport_controller_services{')
})
