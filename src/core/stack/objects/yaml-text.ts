/** Words that no reader of YAML, of whichever version, takes for anything but a text. */
const PLAIN = /^[A-Za-z/](?:[-A-Za-z0-9_./:@]*[A-Za-z0-9_/])?$/
/** What YAML 1.1 takes for something else: https://yaml.org/type/ */
const SPECIAL = /^(y|n|yes|no|on|off|true|false|null|nan|inf)$/i
/** Nothing that has to be written otherwise than it is. */
const PRINTABLE = /^[\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/

/** Objects as YAML that YAML 1.1 and 1.2 read alike: the same objects give the same bytes. What is undefined is left out. */
export function yamlText(objects: readonly object[]): string {
  return objects.map(yamlDocument).join('')
}

/** One of them, so that a large stack need never be there as one text. */
export function yamlDocument(object: object): string {
  const out = ['---\n']
  writeMap(object, '', '', out)
  return out.join('')
}

/** @param first what the first line has instead of the indent: the hyphen of the list that the map is in. */
function writeMap(map: object, indent: string, first: string, out: string[]): void {
  let lead = first
  for (const [key, value] of Object.entries(map)) {
    if (value === undefined) continue
    out.push(lead || indent, scalar(key), ':')
    lead = ''
    writeValue(value, indent, Array.isArray(value) ? indent : `${indent}  `, out)
  }
}

function writeList(list: readonly unknown[], indent: string, first: string, out: string[]): void {
  let lead = first
  for (const item of list) {
    const hyphen = `${lead || indent}- `
    lead = ''
    // A list or map in a list begins on the line of its hyphen.
    if (isEmpty(item)) {
      out.push(hyphen.trimEnd())
      writeValue(item, indent, `${indent}  `, out)
    } else if (Array.isArray(item)) writeList(item, `${indent}  `, hyphen, out)
    else if (typeof item === 'object' && item !== null) writeMap(item, `${indent}  `, hyphen, out)
  }
}

/** What stands behind the colon or hyphen, and the lines below it. */
function writeValue(value: unknown, indent: string, inner: string, out: string[]): void {
  if (typeof value === 'string' && value.length > 60 && isLines(value)) {
    out.push(' |\n')
    for (const line of value.slice(0, -1).split('\n')) out.push(line === '' ? '' : `${indent}  ${line}`, '\n')
  } else if (typeof value === 'string') out.push(' ', scalar(value), '\n')
  else if (isEmpty(value))
    out.push(Array.isArray(value) ? ' []\n' : typeof value === 'object' ? ' {}\n' : ` ${value}\n`)
  else {
    out.push('\n')
    if (Array.isArray(value)) writeList(value, inner, '', out)
    else if (typeof value === 'object' && value !== null) writeMap(value, inner, '', out)
  }
}

/** Whether it stands on one line: a list or map with something in it does not. */
function isEmpty(value: unknown): boolean {
  return (
    typeof value !== 'object' || value === null || Object.values(value).every((item) => item === undefined)
  )
}

/** Whether a text is lines that can stand as they are, with nothing at its edges that a reader takes for the form. */
function isLines(text: string): boolean {
  return /^\S/.test(text) && /\S[^\n]*\n$/.test(text) && !/\n[ \t]+\n/.test(text) && PRINTABLE.test(text)
}

/** JSON's strings are YAML's too. */
function scalar(text: string): string {
  return PLAIN.test(text) && !SPECIAL.test(text) ? text : JSON.stringify(text.toWellFormed())
}
