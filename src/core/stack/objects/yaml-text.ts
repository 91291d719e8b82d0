/** Words that no reader of YAML, of whichever version, takes for anything but a text. */
const PLAIN = /^[A-Za-z/](?:[-A-Za-z0-9_./:@]*[A-Za-z0-9_/])?$/
/** What YAML 1.1 takes for something else: https://yaml.org/type/ */
const SPECIAL = /^(y|n|yes|no|on|off|true|false|null|nan|inf)$/i
/** Nothing that has to be written otherwise than it is. */
const PRINTABLE = /^[\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/

/** Objects as YAML that YAML 1.1 and 1.2 read alike: the same objects give the same bytes. What is undefined is left out. */
export function yamlText(objects: readonly object[]): string {
  return objects.map((object) => `---\n${lines(object, '').join('\n')}\n`).join('')
}

function lines(value: object, indent: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((item) => {
      const inner = field(item, `${indent}  `)
      // A list or map in a list begins on the line of its hyphen.
      if (inner.below.length > 0 && inner.here === '') {
        const [first = '', ...rest] = inner.below
        return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest]
      }
      return [`${indent}-${inner.here}`, ...inner.below]
    })
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .flatMap(([key, item]) => {
      const isList = Array.isArray(item)
      const inner = field(item, isList ? indent : `${indent}  `)
      return [`${indent}${scalar(key)}:${inner.here}`, ...inner.below]
    })
}

/** What stands behind the colon or hyphen, and the lines below it. */
function field(value: unknown, indent: string): { here: string; below: string[] } {
  if (typeof value === 'object' && value !== null) {
    if (Object.values(value).every((item) => item === undefined))
      return { here: Array.isArray(value) ? ' []' : ' {}', below: [] }
    return { here: '', below: lines(value, indent) }
  }
  if (typeof value === 'string' && value.length > 60 && isLines(value)) {
    const below = value.slice(0, -1).split('\n')
    return { here: ' |', below: below.map((line) => (line === '' ? '' : `${indent}${line}`)) }
  }
  return { here: ` ${typeof value === 'string' ? scalar(value) : String(value)}`, below: [] }
}

/** Whether a text is lines that can stand as they are, with nothing at its edges that a reader takes for the form. */
function isLines(text: string): boolean {
  return /^\S/.test(text) && /\S[^\n]*\n$/.test(text) && !/\n[ \t]+\n/.test(text) && PRINTABLE.test(text)
}

/** JSON's strings are YAML's too. */
function scalar(text: string): string {
  return PLAIN.test(text) && !SPECIAL.test(text) ? text : JSON.stringify(text.toWellFormed())
}
