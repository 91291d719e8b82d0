import { expect, it } from 'vitest'
import { excerptsOf } from './excerpt.ts'

const at = (text: string, line: number, column: number) => excerptsOf(text)({ file: 'a.yml', line, column })

it('shows no secret of the lines before', () => {
  const text = 'db:\n  environment:\n    POSTGRES_PASSWORD: hunter2\n    - "A=hunter2"\n  restart: always\n'
  expect(at(text, 5, 3)).toBe('3 |     POSTGRES_PASSWORD: …\n4 |     - "A=…\n5 |   restart: always\n  |   ^')
  expect(at('x-a: &a\n  B: hunter2\nc: d', 3, 1)).not.toContain('hunter2')
  expect(at('db:\n  command: >-\n    --token\n    hunter2\n  c: d', 5, 3)).not.toContain('hunter2')
})

it('shows of the line at fault what is no secret, with the caret where it points', () => {
  expect(at('environment:\n  LEVEL: debug', 2, 10)).toBe(
    '1 | environment:\n2 |   LEVEL: debug\n  |          ^',
  )
  expect(at('environment:\n  APP_KEY: hunter2', 2, 12)).toBe(
    '1 | environment:\n2 |   APP_KEY: …\n  |            ^',
  )
  expect(at('a: {command: [x, "hunter2"], user: 7}', 1, 36)).toBe(
    '1 | a: {command: […, …], user: 7}\n  |                            ^',
  )
  expect(at('environment: {URL: "http://u:hunter2@h", B: c}', 1, 42)).toMatch(/URL: …, B: c}\n {2}\| {23}\^$/)
})

it('shows names of secrets, and other values', () => {
  const text = 'secrets: [db_password]\nimage: "nginx:1"\nports:\n- 80:80\nrestart: always'
  expect(at(text, 3, 1)).toContain('secrets: [db_password]\n2 | image: "nginx:1"')
})
