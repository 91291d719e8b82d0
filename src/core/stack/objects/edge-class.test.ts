import { expect, it } from 'vitest'
import * as controller from '../../kubernetes/service-class.ts'
import { EDGE_CLASS } from './edge-class.ts'

it('is the class that the controller serves', () => {
  expect(EDGE_CLASS).toBe(controller.EDGE_CLASS)
})
