import { CleanupStack } from './cleanup.ts'
import { openSession, type Target } from './session.ts'

/**
 * Connects, reads the first line that the server sends, and closes.
 * @throws Error when it is refused, or closed before a line came.
 */
export async function connectAndRead(target: Target): Promise<string> {
  const stack = new CleanupStack()
  try {
    const session = await openSession(stack.defer, target)
    return await session.line()
  } finally {
    await stack.release()
  }
}
