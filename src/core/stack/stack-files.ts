/** The files that a stack names (env_file, configs, secrets): all that the compiler sees of a disk. */
export interface StackFiles {
  /** @param path absolute, as the stack's canonical form has it. Where the file really lies is the reader's affair. */
  read(path: string): FileAnswer
}

export type FileAnswer =
  | { readonly bytes: Uint8Array }
  | {
      /** `outside`: it is not below a folder that the user allowed. `too-large`: more than any object of Kubernetes holds. */
      readonly refused: 'missing' | 'directory' | 'unreadable' | 'outside' | 'too-large'
      /** One sentence for people: what and where. */
      readonly detail: string
      /** What to do instead. */
      readonly remedy: string
    }
