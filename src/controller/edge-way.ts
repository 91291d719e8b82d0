import type { DocumentLine } from './document-line.ts'

/** The way to one edge. */
export interface EdgeWay {
  /** As the settings call it. */
  readonly name: string
  readonly line: Pick<DocumentLine, 'put' | 'renew' | 'keep' | 'recall'>
}
