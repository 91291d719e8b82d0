/** One file of a stack, as it was named and read. */
export interface StackText {
  /** As it was named on the command line; `-` is the standard input. */
  readonly name: string
  readonly bytes: Uint8Array
}
