export interface CommandWords {
  readonly words: readonly string[]
  /** Where Compose stops reading: at a mark of the shell outside of quotes. What follows is lost. */
  readonly cutAt?: string | undefined
}

/** Splits a command as Compose does (github.com/mattn/go-shellwords); undefined where it can't be split. */
export function commandWords(text: string): CommandWords | undefined {
  const words: string[] = []
  let word = ''
  let isWord = false
  let escaped = false
  /** The one that is open: quotes, backquotes, or `)` for `$(`. */
  let quote = ''
  for (const character of text) {
    if (escaped) {
      word += character
      escaped = false
      isWord = true
    } else if (character === '\\' && quote !== "'") escaped = true
    else if (' \t\r\n'.includes(character) && quote === '') {
      if (isWord) words.push(word)
      word = ''
      isWord = false
    } else if (`"'`.includes(character) && (quote === '' || quote === character)) {
      if (quote !== '') isWord = true
      quote = quote === '' ? character : ''
    } else if (quote === '' && character === '(' && !word.endsWith('$')) return undefined
    else if (quote === '' && ';&|<>'.includes(character)) {
      const isNumber = character === '>' && /^\d/.test(word)
      return { words: isWord && !isNumber ? [...words, word] : words, cutAt: character }
    } else {
      quote = quoteAfter(character, quote)
      word += character
      isWord = true
    }
  }
  if (escaped || quote !== '') return undefined
  return { words: isWord ? [...words, word] : words }
}

function quoteAfter(character: string, quote: string): string {
  if (character === '`' && (quote === '' || quote === '`')) return quote === '' ? '`' : ''
  if (character === '(' && quote === '') return ')'
  if (character === ')' && (quote === '' || quote === ')')) return quote === '' ? ')' : ''
  return quote
}
