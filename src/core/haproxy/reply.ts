/**
 * The replies to several commands sent as one line (`a; b; c`): each ends with an empty line. A command that has nothing to
 * say gives an empty text, and a reply that itself holds an empty line gives two, so replies are told apart by what they
 * say, never by their place.
 */
export function splitReplies(text: string): string[] {
  return text.split('\n\n').map((reply) => reply.trim())
}
