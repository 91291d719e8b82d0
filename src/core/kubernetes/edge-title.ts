/** What a lone edge is called that nobody gave a name. */
export const LONE_EDGE = 'edge'

/** An edge as people read of it: `edge fra`, and the lone one without a name `edge`. */
export function edgeTitle(name: string): string {
  return name === LONE_EDGE ? name : `edge ${name}`
}
