import type { Scene } from './story.ts'

/** What `make demo KEEP=1` prints in the end. */
export function thingsToTry({ edge, front }: Scene): string[] {
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
    'Ctrl-C here stops all of it.',
  ]
}
