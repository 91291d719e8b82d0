import type { Command } from 'commander'
import { ERROR_CODES } from '../wire/error-codes.ts'
import type { Context } from './context.ts'
import { usageFailure } from './failure.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

/** `homeport completion`: the script for a shell, made from the commands themselves. */
export function completionCommand(program: Command, context: Context): void {
  program
    .command('completion')
    .argument('<shell>', SHELLS.join(', '))
    .summary("the script for a shell's tab completion")
    .description("Print the script that makes a shell complete homeport's commands and options.")
    .addHelpText(
      'after',
      `
Examples:
  source <(homeport completion bash)
  homeport completion zsh > "\${fpath[1]}/_homeport"
  homeport completion fish > ~/.config/fish/completions/homeport.fish
`,
    )
    .action((shell: string) => {
      const known = SHELLS.find((name) => name === shell)
      if (!known)
        throw usageFailure(`there is no script for ${JSON.stringify(shell)}`, `One of ${SHELLS.join(', ')}.`)
      context.terminal.out(SCRIPTS[known](wordTable(program)))
    })
}

/** The words that may follow each command, by its path: `homeport token` -> create list revoke --help. */
export function wordTable(command: Command, path = command.name()): [string, string[]][] {
  const names = command.commands.map((child) => child.name()).filter((name) => name !== 'help')
  const options = command.options.map(({ long }) => long ?? '').filter(Boolean)
  const own: string[] = command.name() === 'explain' ? [...ERROR_CODES] : []
  if (command.name() === 'completion') own.push(...SHELLS)
  const entry: [string, string[]] = [path, [...names, ...own, ...options, '--help']]
  return [entry, ...command.commands.flatMap((child) => wordTable(child, `${path} ${child.name()}`))]
}

type Words = readonly (readonly [string, readonly string[]])[]

/** Shared by bash and zsh: the words after the commands in "$@", options left out. */
function posixTable(words: Words): string {
  const cases = words.map(([path, follow]) => `    '${path}') echo '${follow.join(' ')}' ;;`)
  return `_homeport_words() {
  case "$1" in
${cases.join('\n')}
    *) return 1 ;;
  esac
}
_homeport_path() {
  local path=homeport word
  shift
  for word in "$@"; do
    _homeport_words "$path $word" >/dev/null && path="$path $word"
  done
  echo "$path"
}
`
}

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (words: Words) => string>> = {
  bash: (words) => `${posixTable(words)}_homeport() {
  local path
  path=$(_homeport_path "\${COMP_WORDS[@]:0:COMP_CWORD}")
  COMPREPLY=($(compgen -W "$(_homeport_words "$path")" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _homeport homeport
`,
  zsh: (words) => `#compdef homeport
${posixTable(words)}_homeport() {
  local path
  path=$(_homeport_path "\${(@)words[1,CURRENT-1]}")
  compadd -- \${(s: :)"$(_homeport_words "$path")"}
  _files
}
compdef _homeport homeport
`,
  fish: (words) => {
    const cases = words.map(
      ([path, follow]) => `    case '${path}'\n      string split ' ' '${follow.join(' ')}'`,
    )
    return `function __homeport_words
  switch "$argv"
${cases.join('\n')}
    case '*'
      return 1
  end
end
function __homeport_complete
  set -l path homeport
  for word in (commandline -opc)[2..]
    __homeport_words $path $word >/dev/null; and set path $path $word
  end
  __homeport_words $path
end
complete -c homeport -a '(__homeport_complete)'
`
  },
}
