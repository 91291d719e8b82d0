/** `port-taken` as Kubernetes writes reasons: `PortTaken`. Letters and digits only, whatever a newer edge may send. */
export function camelCase(code: string): string {
  const words = code.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const text = words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join('')
  return /^[A-Z]/.test(text) ? text.slice(0, 100) : 'Refused'
}
