/**
 * Splits a command as Docker does (github.com/google/shlex): at white space outside of quotes. A backslash escapes outside of
 * quotes and in double ones; `#` at the start of a word begins a comment. A string is the reason why it can't be split.
 */
export function shellWords(text: string): readonly string[] | string {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  const characters = [...text]
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? ''
    if (character === '\\' && quote !== "'") {
      const next = characters[++index]
      if (next === undefined) return 'EOF found after escape character'
      word = (word ?? '') + next
    } else if (quote !== '') {
      if (character === quote) quote = ''
      else word += character
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (' \t\r\n'.includes(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === '#' && word === undefined) {
      while (index + 1 < characters.length && characters[index] !== '\n') index += 1
    } else word = (word ?? '') + character
  }
  if (quote !== '') return 'EOF found when expecting closing quote'
  if (word !== undefined) words.push(word)
  return words
}
