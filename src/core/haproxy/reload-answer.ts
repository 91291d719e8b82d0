/**
 * What the master answers to `reload`. Before 2.7 it closes without a word, and how it went must be asked (`show proc`);
 * later ones wait for the end and say it: `Success=1`, `--`, and what the new process printed.
 */
export type ReloadAnswer =
  | { readonly told: false }
  | { readonly told: true; readonly success: boolean; readonly output: string }

export function parseReloadAnswer(answer: string): ReloadAnswer {
  const [, success, output = ''] = /Success=([01])(?:\n--\n(.*))?/s.exec(answer) ?? []
  return success === undefined ? { told: false } : { told: true, success: success === '1', output }
}
