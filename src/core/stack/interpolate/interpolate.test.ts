// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Docker's variables
import { describe, expect, it } from 'vitest'
import { readWeb } from '../../../testing/stack.ts'
import { substitute } from './substitute.ts'

const variables = { SET: 'value', EMPTY: '', COUNT: '3', YES: 'yes', RATIO: '0.5' }
const put = (text: string) => substitute(text, new Map(Object.entries(variables)))

describe('substitute', () => {
  it.each([
    ['$SET', 'value'],
    ['${SET}', 'value'],
    ['a${SET}b$SET', 'avaluebvalue'],
    ['$UNSET', ''],
    ['$$SET', '$SET'],
    ['$$$SET', '$value'],
    ['$$$$', '$$'],
    ['${UNSET:-default}', 'default'],
    ['${EMPTY:-default}', 'default'],
    ['${SET:-default}', 'value'],
    ['${UNSET-default}', 'default'],
    ['${EMPTY-default}', ''],
    ['${UNSET:-}', ''],
    ['${UNSET:-a b:c/d}', 'a b:c/d'],
    ['${SET:?message}', 'value'],
    ['${SET?message}', 'value'],
    ['${EMPTY?message}', ''],
    // As Docker has it: nothing is nested.
    ['${UNSET:-${SET}}', '${SET}'],
    ['$set', ''],
    ['$_', ''],
  ])('%s becomes %j', (text, expected) => {
    expect(put(text)).toMatchObject({ text: expected, errors: [] })
  })

  it.each([
    ['if [ $? -eq 2 ]; then $SET', 'if [ ? -eq 2 ]; then value'],
    ['${UNSET?needed} $UNSET', ' '],
    ['${UNSET?needed} $? ${UNSET:-default}', ' ? default'],
  ])('%s becomes %j with a warning: Docker forgets an error that a variable follows', (text, expected) => {
    const { errors, warnings, ...rest } = put(text)
    expect(rest).toEqual({ text: expected })
    expect(errors).toEqual([])
    expect(warnings.length).toBeGreaterThan(0)
  })

  it.each([['$SET $?'], ['$? $$SET'], ['$SET ${UNSET?needed}'], ['$? ${UNSET?needed}']])(
    '%s is wrong: no variable follows that can be put in',
    (text) => {
      expect(put(text).errors).not.toEqual([])
    },
  )

  it.each([
    ['$1'],
    ['${'],
    ['${}'],
    ['${1A}'],
    ['$'],
    ['a $ b'],
    ['${SET:+x}'],
    ['${SET'],
    ['${A B}'],
    ['${UNSET:?oops}'],
    ['${UNSET?}'],
    ['${EMPTY:?oops}'],
  ])('%s is refused', (text) => {
    expect(put(text).errors).toHaveLength(1)
  })

  it('names the variable that is missing, and what its author says of it', () => {
    expect(put('${UNSET:?set it to the host}').errors[0]?.detail).toBe(
      '"required variable UNSET is missing a value: set it to the host"',
    )
  })

  it('warns of what Docker reads otherwise than it looks', () => {
    expect(put('$SET-alpine')).toMatchObject({
      text: 'value',
      warnings: [{ remedy: 'Write ${SET}-alpine.' }],
    })
    expect(put('${SET:?not-empty}')).toMatchObject({ text: 'empty', warnings: [{}] })
    expect(put('${SET:-a-b}').warnings).toEqual([])
  })

  it('takes its time for no text', () => {
    expect(put('${A'.repeat(100_000)).errors).toHaveLength(1)
  })
})

describe('casts', () => {
  it('are made where a variable was put in', () => {
    const { web } = readWeb(
      'privileged: $YES\ndeploy: {replicas: $COUNT, update_config: {max_failure_ratio: "${RATIO}"}}\nhealthcheck: {retries: "${COUNT}"}\nports: [{target: "${COUNT}0"}]\nvolumes: [{type: volume, target: /x, read_only: "${YES}"}]',
      { variables },
    )
    expect(web?.privileged).toBe(true)
    expect(web?.deploy).toMatchObject({ replicas: 3, update_config: { max_failure_ratio: 0.5 } })
    expect(web?.healthcheck?.retries).toBe(3)
    expect(web?.ports[0]?.target).toBe(30)
    expect(web?.volumes[0]?.read_only).toBe(true)
  })

  it('are not made of what was written so', () => {
    expect(readWeb('deploy: {replicas: "3"}').problems).toEqual([
      'stack.yml:3:24: error: services.web.deploy.replicas must be a integer',
    ])
  })

  it('are refused once where they fail', () => {
    expect(readWeb('deploy: {replicas: $SET}\ntty: ${SET}', { variables }).problems).toEqual([
      'stack.yml:3:24: error: error while interpolating services.web.deploy.replicas: failed to cast to expected type: "$SET" is not a whole number',
      'stack.yml:4:10: error: error while interpolating services.web.tty: failed to cast to expected type: invalid boolean: ${SET}',
    ])
  })

  it('leave keys alone', () => {
    expect([...(readWeb('labels: {$SET: $SET}', { variables }).web?.labels ?? [])]).toEqual([
      ['$SET', 'value'],
    ])
  })
})
