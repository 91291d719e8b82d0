import type { PortKey } from '../route.ts'
import { portKeyOf } from './proxy-name.ts'

/** One error of HAProxy's, from `haproxy -c` or from a start or reload that failed. */
export interface Complaint {
  /** HAProxy's words, without severity and process id. */
  readonly text: string
  readonly file?: string
  readonly line?: number
  /** The route that it names; a line number tells more where there is one. */
  readonly proxy?: PortKey
}

/** How each message begins, from 2.4 to 3.x: `[ALERT]    (1234) : `. */
const ALERT = /^\[ALERT\]\s+(?:\(\d+\)|\d+\/\d+)\s*(?:\(\d+\)\s*)?:\s*(.*)$/

/** Alerts that only say that there were others. */
const SUMMARY =
  /^(config : )?(Error\(s\) found in configuration file|Fatal errors found in configuration|\[.*\] Some protocols failed|\[.*\]\s*Some configuration)/

/** A file by its whole path: `[0.0.0.0:8443]` is an address. */
const PLACE = /\[(\/[^\][]*):(\d+)\]/
const PROXY = /\b((?:tcp|udp)-\d{1,5})\b/

/** Every error in what HAProxy printed; its warnings and notices are left out. */
export function parseComplaints(output: string): Complaint[] {
  const complaints: Complaint[] = []
  for (const raw of output.split('\n')) {
    const text = ALERT.exec(raw)?.[1]
      ?.replace(/^config : /, '')
      .trim()
    if (!text || SUMMARY.test(text)) continue
    const [, file, line] = PLACE.exec(text) ?? []
    const proxy = portKeyOf(PROXY.exec(text)?.[1] ?? '')
    complaints.push({
      text,
      ...(file === undefined ? {} : { file, line: Number(line) }),
      ...(proxy === undefined ? {} : { proxy }),
    })
  }
  return complaints
}
