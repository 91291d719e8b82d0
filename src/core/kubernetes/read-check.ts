import { Compile } from 'typebox/compile'
import { type Check, CheckRequest } from '../../wire/claim.ts'
import { CHECK } from '../annotation-names.ts'
import { quoted } from './problem.ts'

const FORM = /^(?:(none)|(tcp)(?::(\d{1,5}))?|(http)(?::(\d{1,5}))?:(\/.*))$/

const checkRequest = Compile(CheckRequest)

/** `tcp`, `tcp:9000`, `http:/path`, `http:9000:/path` or `none`: the form that the agent takes as well. */
export function readCheck(text: string | undefined, faults: string[]): Check | undefined {
  if (text === undefined) return undefined
  const [, none, tcp, tcpPort, http, httpPort, path] = FORM.exec(text.trim()) ?? []
  const portText = tcpPort ?? httpPort
  const check: unknown = {
    type: none ?? tcp ?? http,
    ...(path !== undefined && { path }),
    ...(portText !== undefined && { port: Number(portText) }),
  }
  if (checkRequest.Check(check)) return check
  faults.push(`${CHECK} is ${quoted(text)}: write "tcp", "http:/healthz", "http:30900:/healthz" or "none"`)
  return undefined
}
