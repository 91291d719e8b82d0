import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aRoute, routesOf } from '../../testing/routes.ts'
import { portKey } from '../route.ts'
import { blame } from './blame.ts'
import { candidate, makeGround } from './candidate.ts'
import { parseComplaints } from './complaint.ts'
import { admissionOf, healthOf } from './health.ts'
import { portKeyOf, proxyName } from './proxy-name.ts'
import { parseReloadAnswer } from './reload-answer.ts'
import { splitReplies } from './reply.ts'
import { parseShowInfo } from './show-info.ts'
import { parseShowProc } from './show-proc.ts'
import { type LineMemory, parseShowServersState } from './show-servers-state.ts'
import { parseShowStat } from './show-stat.ts'

// What stands here was printed by HAProxy 2.6.12 and 3.0.11; long lines were cut where nothing is read.

const INFO = `Name: HAProxy
Version: 2.6.12-1+deb12u4
Release_date: 2026/10/17
Pid: 12001
Uptime: 0d 0h00m01s
Uptime_sec: 61
CurrConns: 4
description: homeport abcdef`

const STATE = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port
2 tcp-8443 1 127.0.0.2:30843 127.0.0.2 2 8 1 1 0 6 3 3 6 0 0 0 - 30843 - 0 0 - - 0
2 tcp-8443 2 ::1:30843:v2 ::1 0 0 1 1 1 8 2 0 6 0 0 0 - 30843 - 0 0 - - 0
2 tcp-8443 3 127.0.0.3:30843 127.0.0.3 2 0 1 1 0 1 0 0 6 0 0 0 - 30843 - 0 0 - - 0
2 tcp-8443 5 fe00::3:30843 fe00::3 2 0 1 1 0 1 0 0 0 0 0 0 - 30843 - 0 0 - - 0`

const STAT = `# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,last_chk,check_desc,-,
tcp-8443,FRONTEND,,,7,0,1000,0,0,0,0,0,0,,,,,OPEN,,,,-,
tcp-8443,127.0.0.2:30843,0,0,3,0,,0,0,0,,0,,0,0,0,0,DOWN,1,Connection refused,Layer4 connection problem,-,
tcp-8443,127.0.0.3:30843,0,0,0,0,,0,0,0,,0,,0,0,0,0,UP -1/2,1,,Initializing,-,
tcp-8443,127.0.0.4:30843,0,0,0,0,,0,0,0,,0,,0,0,0,0,DOWN 1/2,1,"a ""b"", c",Layer7 wrong status,-,
tcp-8443,127.0.0.5:30843,0,0,0,0,,0,0,0,,0,,0,0,0,0,DOWN,1,,,-,`

describe('replies of the runtime API', () => {
  it('are told apart', () => {
    const replies = splitReplies(`New server registered.\n\n\n\n\n${INFO}\n\n${STATE}\n\n`)
    expect(replies).toContain(INFO)
    expect(replies).toContain(STATE)
  })

  it('show info', () => {
    expect(parseShowInfo(INFO)).toEqual({
      version: '2.6.12-1+deb12u4',
      pid: 12001,
      uptime: 61,
      connections: 4,
      description: 'homeport abcdef',
    })
    expect(parseShowInfo('Unknown command')).toBeUndefined()
  })

  it('show servers state', () => {
    const states = parseShowServersState(STATE) ?? []
    expect(states.map((state) => [state.name, admissionOf(state), healthOf(state)])).toEqual([
      ['127.0.0.2:30843', 'leaving', 'up'],
      ['::1:30843:v2', 'ready', 'down'],
      ['127.0.0.3:30843', 'ready', 'checking'],
      ['fe00::3:30843', 'ready', 'unchecked'],
    ])
    expect(new Set(states.map(({ proxy }) => proxy))).toEqual(new Set(['tcp-8443']))
    expect(parseShowServersState("Can't find backend.")).toBeUndefined()
  })

  it('show servers state, again: only servers to which something happened are read anew', () => {
    const memory: LineMemory = []
    const first = parseShowServersState(STATE, memory) ?? []
    const clockWentOn = STATE.replaceAll(/ (\d+) (\d+) (\d+) 4 /g, ' $1 9$2 $3 4 ')
    expect(parseShowServersState(clockWentOn, memory)).toEqual(parseShowServersState(clockWentOn))
    const lines = STATE.split('\n')
    const shorter = lines.filter((line) => !line.includes('127.0.0.3')).join('\n')
    expect(parseShowServersState(shorter, memory)).toEqual(parseShowServersState(shorter))
    const again = parseShowServersState(STATE, memory) ?? []
    expect(again).toEqual(first)
    expect(parseShowServersState(STATE, memory)?.every((state, index) => state === again[index])).toBe(true)
  })

  it('show stat', () => {
    expect(parseShowStat(STAT)?.map(({ name, sessions, failure }) => [name, sessions, failure])).toEqual([
      ['FRONTEND', 7, undefined],
      ['127.0.0.2:30843', 3, 'Layer4 connection problem: Connection refused'],
      ['127.0.0.3:30843', 0, undefined],
      ['127.0.0.4:30843', 0, 'Layer7 wrong status: a "b", c'],
      ['127.0.0.5:30843', 0, ''],
    ])
    expect(parseShowStat('')).toBeUndefined()
  })

  it('show proc', () => {
    const reply = `
#<PID>          <type>          <reloads>       <uptime>        <version>
1162            master          5 [failed: 2]   0d00h02m07s     2.5-dev13
# workers
1271            worker          1               0d00h00m00s     2.5-dev13
# old workers
1233            worker          3               0d00h00m43s     2.0-dev3-6019f6-289
# programs
1244            foo             0               0d00h00m00s     -
`
    expect(parseShowProc(reply)).toEqual({
      master: { pid: 1162, uptime: '0d00h02m07s' },
      reloads: 5,
      failed: 2,
      workers: [{ pid: 1271, uptime: '0d00h00m00s' }],
      oldWorkers: [{ pid: 1233, uptime: '0d00h00m43s', reloads: 3 }],
    })
    expect(parseShowProc('')).toBeUndefined()
  })

  it('reload', () => {
    expect(parseReloadAnswer('')).toEqual({ told: false })
    expect(parseReloadAnswer('Success=0\n--\n[ALERT] (1) : no\nmore\n')).toEqual({
      told: true,
      success: false,
      output: '[ALERT] (1) : no\nmore\n',
    })
    expect(parseReloadAnswer('Success=1\n')).toEqual({ told: true, success: true, output: '' })
  })

  it('are cut anywhere without harm', () => {
    const parsers = [parseShowInfo, parseShowServersState, parseShowStat, parseShowProc, parseReloadAnswer]
    const texts = fc.constantFrom(INFO, STATE, STAT)
    fc.assert(
      fc.property(fc.oneof(texts, fc.string()), fc.nat(2_000), (text, end) => {
        for (const parse of parsers) expect(() => parse(text.slice(0, end))).not.toThrow()
      }),
    )
  })
})

describe('proxy names', () => {
  it('are read back', () => {
    fc.assert(
      fc.property(fc.constantFrom('tcp', 'udp'), fc.integer({ min: 1, max: 65_535 }), (protocol, port) => {
        const key = portKey(protocol, port)
        expect(portKeyOf(proxyName(key))).toBe(key)
      }),
    )
    expect(['stats', 'tcp-0', 'tcp-08', 'tcp-1x', 'xtcp-1'].map(portKeyOf)).toEqual(Array(5).fill(undefined))
  })
})

const OUTPUT = `[NOTICE]   (16484) : haproxy version is 2.6.12-1+deb12u4
[WARNING]  (16484) : config : parsing [/c/new.cfg:3] : only a warning
[ALERT]    (16484) : config : parsing [/c/new.cfg:6] : error detected while parsing ACL 'allowed' : 'x' is no address.
[ALERT]    (16484) : config : parsing [/etc/haproxy.d/own.cfg:4] : unknown keyword 'servr' in 'backend' section
[ALERT]    (16484) : config : Parsing [/etc/haproxy.d/own.cfg:9]: proxy 'tcp-2' has the same name as proxy 'tcp-2' declared at /c/new.cfg:5.
[ALERT]    (16484) : Binding [/c/new.cfg:9] for proxy tcp-2: cannot bind socket (Address already in use) for [:::2]
[ALERT]    (16484) : Starting proxy tcp-1: cannot bind socket (Permission denied) [0.0.0.0:1]
[ALERT]    (16484) : [haproxy.main()] Some protocols failed to start their listeners! Exiting.
[ALERT]    (16484) : config : Error(s) found in configuration file : /c/new.cfg
[ALERT]    (16484) : config : Fatal errors found in configuration.
`

describe('complaints', () => {
  it('are laid at the door of the route, or of nobody', () => {
    const ground = makeGround('global\n', ['0.0.0.0'], () => 'd')
    const { config } = candidate(ground, routesOf(aRoute(1), aRoute(2)), new Map(), undefined)
    const complaints = parseComplaints(OUTPUT)
    expect(complaints).toHaveLength(5)
    const { routes, others } = blame(complaints.slice(1), config, ['/c/new.cfg'])
    expect([...routes].map(([key, { code }]) => [key, code])).toEqual([
      ['tcp/2', 'port-taken-on-host'],
      ['tcp/1', 'port-not-permitted'],
    ])
    expect(others.map((words) => words.includes('/etc/haproxy.d/own.cfg:'))).toEqual([true, true])
    const first = blame(complaints.slice(0, 1), config, ['/c/new.cfg'])
    expect([...first.routes]).toEqual([['tcp/2', expect.objectContaining({ code: 'haproxy-refused' })]])
  })
})
