import type { CanonicalNetworkAttachment } from '../canonical-service.ts'
import { inOrder } from '../go-order.ts'
import type { Fields } from './fields.ts'

/** The networks that a service is attached to: a list of names, or a map with what is asked of each. */
export function readAttachments(service: Fields): ReadonlyMap<string, CanonicalNetworkAttachment | null> {
  const attachments = new Map<string, CanonicalNetworkAttachment | null>()
  for (const { node, path } of service.items('networks')) {
    const name = service.textOf(node, path)
    attachments.set(name, null)
    service.reading.places.set([...service.path, 'networks', name], node.place)
  }
  for (const [name, fields, isNull] of service.each('networks'))
    attachments.set(name, isNull ? null : readAttachment(fields))
  return inOrder(attachments)
}

function readAttachment(fields: Fields): CanonicalNetworkAttachment {
  return {
    aliases: fields.texts('aliases'),
    driver_opts: fields.strings('driver_opts'),
    ipv4_address: fields.text('ipv4_address'),
    ipv6_address: fields.text('ipv6_address'),
  }
}
