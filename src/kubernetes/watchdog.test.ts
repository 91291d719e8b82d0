import { describe, expect, it } from 'vitest'
import { pass, useFakeTime } from '../testing/fake-time.ts'
import { Watchdog } from './watchdog.ts'

describe('Watchdog', () => {
  useFakeTime()

  it('barks at a silence only once something is expected', async () => {
    const barks: number[] = []
    const watchdog = new Watchdog((ms) => barks.push(ms))
    watchdog.endAfter(10_000)
    watchdog.heard()
    await pass(5_000)
    watchdog.expect(200)
    for (let i = 0; i < 10; i++) {
      await pass(150)
      watchdog.expect(200)
      watchdog.heard()
    }
    expect(barks).toEqual([])
    await pass(250)
    expect(barks).toEqual([200])
    watchdog.stop()
  })

  it('barks when the watch outlives its time, whatever is heard', async () => {
    const barks: number[] = []
    const watchdog = new Watchdog((ms) => barks.push(ms))
    watchdog.endAfter(1_000)
    watchdog.expect(400)
    for (let i = 0; i < 5; i++) {
      await pass(300)
      watchdog.heard()
    }
    expect(barks).toEqual([1_000])
    watchdog.stop()
    await pass(5_000)
    expect(barks).toEqual([1_000])
  })
})
