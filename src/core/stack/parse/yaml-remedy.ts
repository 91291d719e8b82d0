import type { ErrorCode } from 'yaml'

/** What to write instead of what the YAML library could not read. */
export function yamlRemedy(code: ErrorCode, text: string, offset: number): string {
  if (text[offset] === '\t' || lineOf(text, offset).trimEnd().match(/^ *\t/))
    return REMEDIES.TAB_AS_INDENT ?? OTHERWISE
  return REMEDIES[code] ?? OTHERWISE
}

const OTHERWISE = 'See the indentation, the colons and the quotes of this line.'

const REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'Indent with spaces: YAML allows no tabs there.',
  BAD_INDENT: 'Give the lines that belong together the same indentation, in spaces.',
  BAD_ALIAS: 'Write the anchor (&name) before the alias (*name).',
  BAD_SCALAR_START: 'Put the value into quotes.',
  BAD_DQ_ESCAPE: 'Use single quotes, in which a backslash is a backslash.',
  MULTILINE_IMPLICIT_KEY: 'Put the colon on the same line as the key, with a space after it.',
  BLOCK_AS_IMPLICIT_KEY: 'A value that has ": " in it needs quotes.',
  MISSING_CHAR: 'See that every quote and bracket is closed.',
  UNEXPECTED_TOKEN: 'See the indentation and the quotes of this line and of the one above.',
  RESOURCE_EXHAUSTION: 'Give a stack file: this is hardly one.',
}

function lineOf(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return text.slice(start, end < 0 ? text.length : end)
}
