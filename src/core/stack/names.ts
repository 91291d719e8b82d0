/** A hash of a text in hex digits: the same for the same text, for ever. */
export type Digest = (text: string) => string

/** The longest name that Kubernetes takes where a name becomes a host name or the value of a label. */
const LONGEST = 63
const FORM = /^[a-z]([-a-z0-9]*[a-z0-9])?$/

/**
 * A name that Kubernetes takes for every kind of object, Services too: small letters, digits and hyphens, a letter first.
 * What is such a name already stays as it is. Else a hash of the whole is put behind what can be kept, so that two texts
 * never share a name, and one text has the same name each time.
 */
export function dnsName(text: string, digest: Digest, longest = LONGEST): string {
  if (text.length <= longest && FORM.test(text)) return text
  const stem = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, longest - 9)
    .replace(/-+$/, '')
  return `${stem || 'x'}-${digest(text).slice(0, 8)}`
}

/** A name for something new beside others: `wanted`, with a hash behind it where that is taken. It is taken from then on. */
export function freeName(wanted: string, taken: Set<string>, digest: Digest): string {
  const plain = dnsName(wanted, digest)
  const name = taken.has(plain) ? dnsName(`${wanted} `, digest) : plain
  taken.add(name)
  return name
}

/** A name with the hash of what it stands for behind it: another content is another object. */
export function hashedName(text: string, content: string, digest: Digest): string {
  return `${dnsName(text, digest, LONGEST - 11)}-${digest(content).slice(0, 10)}`
}

/** The part behind the slash in the key of a label: `network.homeport.dev/PART`. */
export function labelPart(text: string, digest: Digest): string {
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text) ? text : dnsName(text, digest)
}
