/** Kubernetes reads this kind of time with six digits alone. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}
