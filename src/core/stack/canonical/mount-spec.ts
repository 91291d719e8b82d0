import type { CanonicalVolumeMount } from '../canonical-service.ts'

const PROPAGATIONS = ['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave']

/** What Docker takes for options without knowing them, and what else is of no consequence on Kubernetes. */
export interface MountSpec {
  readonly mount: CanonicalVolumeMount
  /** Options that Docker passes over in silence. */
  readonly ignored: readonly string[]
}

/** The short form of a mount, `source:target:options`, as Docker reads it; or why it is none. */
export function readMountSpec(spec: string): MountSpec | string {
  if (spec === '') return 'invalid empty volume spec'
  // Docker's own length is in bytes; what is that short is a target.
  if (spec.length <= 2) return { mount: { type: 'volume', target: spec, read_only: false }, ignored: [] }
  const parts = splitSpec(spec)
  if (parts.includes('')) return `invalid spec: ${spec}: empty section between colons`
  if (parts.length > 3) return `invalid spec: ${spec}: too many colons`
  const [first = '', target, options = ''] = parts
  if (target === undefined) return { mount: { type: 'volume', target: first, read_only: false }, ignored: [] }
  return withOptions(
    { type: isHostPath(first) ? 'bind' : 'volume', source: first, target, read_only: false },
    options === '' ? [] : options.split(','),
  )
}

/** At colons, but for that of a drive letter. */
function splitSpec(spec: string): string[] {
  const parts: string[] = ['']
  for (const character of spec) {
    const part = parts.at(-1) ?? ''
    if (character !== ':' || /^\p{L}$/u.test(part)) parts[parts.length - 1] = part + character
    else parts.push('')
  }
  return parts
}

function withOptions(mount: CanonicalVolumeMount, options: readonly string[]): MountSpec {
  const ignored: string[] = []
  let made = mount
  for (const option of options) {
    if (option === 'ro' || option === 'rw') made = { ...made, read_only: option === 'ro' }
    else if (option === 'nocopy') made = { ...made, volume: { nocopy: true } }
    else if (PROPAGATIONS.includes(option)) made = { ...made, bind: { propagation: option } }
    else ignored.push(option)
  }
  return { mount: made, ignored }
}

function isHostPath(source: string): boolean {
  if (/^[./~]/.test(source)) return true
  return source.startsWith('\\\\') || /^\p{L}:/u.test(source)
}
