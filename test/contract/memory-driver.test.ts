import { describe } from 'vitest'
import { MemoryDriver } from '../../src/testing/memory-driver.ts'
import { driverContract } from './driver.ts'

describe('MemoryDriver', () => {
  driverContract(async () => {
    const driver = new MemoryDriver()
    return {
      driver,
      async takePort(port) {
        driver.takenPorts.add(port)
        return async () => {
          driver.takenPorts.delete(port)
        }
      },
    }
  })
})
