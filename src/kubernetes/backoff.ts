/** How pauses grow from one failure to the next, in milliseconds. */
export interface Backoff {
  readonly first: number
  readonly most: number
}

/**
 * Milliseconds to wait after so many failures in a row (from 1): doubled each time, half of it by chance, so that those
 * who failed together do not come back together.
 * @param random from 0 to 1.
 */
export function pauseAfter(failures: number, { first, most }: Backoff, random: number): number {
  const pause = Math.min(first * 2 ** (failures - 1), most)
  return pause * (0.5 + 0.5 * random)
}
