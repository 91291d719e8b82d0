import { expect, it } from 'vitest'
import { fieldManagerOf } from './field-manager.ts'

it('is another one for each election, and never longer than the API server takes', () => {
  const [long, longer] = ['n'.repeat(63), 'e'.repeat(63)]
  const names = [
    fieldManagerOf('homeport', 'homeport-controller'),
    fieldManagerOf('homeport', 'another'),
    fieldManagerOf(long, longer),
    fieldManagerOf(long, `${longer.slice(1)}x`),
  ]
  expect(names[0]).toBe('homeport-controller/homeport.homeport-controller')
  expect(new Set(names).size).toBe(4)
  expect(names.every((name) => name.length <= 128)).toBe(true)
})
