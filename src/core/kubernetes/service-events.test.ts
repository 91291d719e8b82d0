import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serviceObject } from '../../testing/cluster.ts'
import type { Condition } from './objects.ts'
import type { Fate, ServiceOutcome } from './outcome.ts'
import { eventsFor, NOTHING_TOLD, toldByStatus } from './service-events.ts'

const live: Fate = { state: 'live' }
const unknown: Fate = { state: 'unknown' }
const down: Fate = { state: 'live', down: '10.0.0.1:30443 (Layer4 timeout)' }
const taken: Fate = { state: 'refused', code: 'port-taken', detail: 'port 443 belongs to other/ssh/bastion' }

const outcome = (...fates: Fate[]): ServiceOutcome => ({
  problems: [],
  edges: [
    {
      edge: 'fra',
      claims: fates.map((fate, at) => ({
        claim: { owner: 'web/nginx', port: 443 + at, protocol: 'tcp', backends: [] },
        fate,
      })),
    },
  ],
})

/** The reasons of the Events that a history of outcomes is worth, each outcome's together. */
function history(...outcomes: ServiceOutcome[]): string[] {
  let told = NOTHING_TOLD
  return outcomes.map((one) => {
    const step = eventsFor(told, one)
    told = step.told
    return step.events.map(({ type, reason }) => `${type} ${reason}`).join()
  })
}

describe('an Event', () => {
  it('tells that all is live, once, and again with other ports', () => {
    expect(eventsFor(NOTHING_TOLD, outcome(live)).events).toEqual([
      { type: 'Normal', reason: 'Live', message: 'Live at fra: tcp/443.' },
    ])
    expect(history(outcome(live), outcome(live), outcome(live, live))).toEqual([
      'Normal Live',
      '',
      'Normal Live',
    ])
  })

  it('tells what is wrong, once until it changes', () => {
    const other: Fate = { state: 'refused', code: 'outside-scope', detail: 'port 443 is not in 80' }
    expect(history(outcome(taken), outcome(taken), outcome(other), outcome(live), outcome(taken))).toEqual([
      'Warning PortTaken',
      '',
      'Warning OutsideScope',
      'Normal Live',
      'Warning PortTaken',
    ])
    expect(eventsFor(NOTHING_TOLD, outcome(taken)).events[0]?.message).toMatch(
      /^edge fra: port 443 belongs.*Claim/,
    )
  })

  it('tells every problem of the Service, and one for many ports of one reason', () => {
    const problems = [
      { code: 'annotation-invalid', message: 'homeport.dev/check is "x"', ports: [] },
    ] as const
    const { events } = eventsFor(NOTHING_TOLD, { ...outcome(...Array<Fate>(5000).fill(taken)), problems })
    expect(events.map(({ reason }) => reason)).toEqual(['AnnotationInvalid', 'PortTaken'])
  })

  it('is not worth an edge that is out of reach, nor its coming back as it was', () => {
    expect(history(outcome(unknown))).toEqual([''])
    expect(history(outcome(live), outcome(unknown), outcome(live))).toEqual(['Normal Live', '', ''])
    expect(history(outcome(taken), outcome(unknown), outcome(taken))).toEqual(['Warning PortTaken', '', ''])
  })

  it('tells once that no backend is up, with what to do, and that one is', () => {
    expect(history(outcome(live), outcome(down), outcome(down), outcome(live))).toEqual([
      'Normal Live',
      'Warning BackendsDown',
      '',
      'Normal Live',
    ])
    const [event] = eventsFor(NOTHING_TOLD, outcome(live, down)).events
    expect(event?.message).toMatch(
      /^edge fra: none of the nodes .* 10\.0\.0\.1:30443 \(Layer4 timeout\)\..*firewall/,
    )
  })

  it('of what is wrong is not repeated by a controller that starts anew, and what else is wrong is told', () => {
    const message = `${eventsFor(NOTHING_TOLD, outcome(taken)).events[0]?.message}`
    const condition: Condition = {
      ...{ type: 'homeport.dev/Live', status: 'False', reason: 'PortTaken', message, lastTransitionTime: '' },
    }
    const told = toldByStatus(serviceObject({ status: { ingress: [], conditions: [condition] } }))
    expect(eventsFor(told, outcome(taken)).events).toEqual([])
    expect(eventsFor(told, outcome(taken, down)).events).toMatchObject([{ reason: 'BackendsDown' }])
    const then = eventsFor(told, outcome(live)).told
    expect(eventsFor(then, outcome(taken)).events).toHaveLength(1)
  })

  it('is not repeated by a controller that starts anew', () => {
    const condition = {
      type: 'homeport.dev/Live',
      status: 'True',
      reason: 'Live',
      message: 'Live at fra: tcp/443.',
      lastTransitionTime: '',
    } as const
    const told = toldByStatus(serviceObject({ status: { ingress: [], conditions: [condition] } }))
    expect(eventsFor(told, outcome(live)).events).toEqual([])
    expect(eventsFor(told, outcome(taken)).events).toHaveLength(1)
  })

  it('fits the API server, whatever an edge answers', () => {
    const fate = fc.record({
      state: fc.constant('refused' as const),
      code: fc.string(),
      detail: fc.string({ maxLength: 5000 }),
    })
    const long: Fate = { state: 'refused', code: 'port-taken', detail: 'x'.repeat(5000) }
    const { events } = eventsFor(NOTHING_TOLD, outcome(long, { ...long, code: 'y'.repeat(5000) }))
    expect(events.map(({ message }) => message.length)).toEqual([1024, 1024])
    // What to do is said whole all the same.
    expect(events[0]?.message).toMatch(/\.\.\.\. Claim another port.*free\.$/)
    expect(events[1]?.reason).toHaveLength(100)
    fc.assert(
      fc.property(fc.array(fate, { minLength: 1 }), (fates) => {
        for (const { reason, message } of eventsFor(NOTHING_TOLD, outcome(...fates)).events) {
          expect(reason).toMatch(/^[A-Z][A-Za-z0-9]{0,127}$/)
          expect(message).toMatch(/^[\x20-\x7e]{1,1024}$/)
        }
      }),
    )
  })
})
