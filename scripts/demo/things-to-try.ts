import type { NodeNetwork } from './network.ts'
import type { Scene } from './story.ts'

/** What `make demo KEEP=1` prints in the end. */
export function thingsToTry({ edge, front, network }: Scene): string[] {
  return [
    '',
    'It goes on running. In another terminal, here in the same folder:',
    '',
    `   mosquitto_sub -h 127.0.0.1 -p ${front.port} -t '#' -v &`,
    `   mosquitto_pub -h 127.0.0.1 -p ${front.port} -t hello -m 'through the front door'`,
    '',
    `   export HOMEPORT_SOCKET=${edge.socket}`,
    '   bin/homeport routes',
    '   bin/homeport status',
    '',
    ...(network.change ? nodeCommands(network) : []),
    'Ctrl-C here stops all of it.',
  ]
}

/** Without Ctrl-C (a kill -9, say) the network would stay. */
function nodeCommands({ prefix, edge, oldAddress, newAddress, undo }: NodeNetwork): string[] {
  return [
    `The node is the network namespace ${prefix.at(-1)}, at ${newAddress}; it reaches the edge at ${edge}. Look at it, and move it`,
    'back (as root):',
    '',
    `   ${prefix.join(' ')} ip address`,
    `   ${prefix.join(' ')} sh -c 'ip address del ${newAddress}/29 dev eth0 && ip address add ${oldAddress}/29 dev eth0'`,
    '',
    `If it is killed by force, this takes the namespace away: ${undo.join('; ')}`,
    '',
  ]
}
