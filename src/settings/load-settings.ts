import { readFileSync } from 'node:fs'
import { readSettings } from './read-settings.ts'
import { settingList } from './setting-list.ts'
import { defaultFileOf, flagOf, variableOf } from './setting-names.ts'
import type { SettingSheet } from './sheet.ts'
import { type ConfigFault, type Source, textSource } from './source.ts'
import { yamlSource } from './yaml-source.ts'

/** Settings that are wrong: each fault with the place where it stands. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid'
  readonly code = 'config-invalid'
  readonly faults: readonly ConfigFault[]

  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(({ where, message }) => `${where}: ${message}`).join('\n'))
    this.faults = faults
  }
}

/** Flags by name without the dashes; `config` names the file. */
export type Flags = Readonly<Record<string, string | undefined>>

/**
 * The settings of this start: flags before environment before file before defaults.
 * @throws ConfigInvalid with all that is wrong
 */
export function loadSettings<Settings>(
  sheet: SettingSheet<Settings>,
  flags: Flags,
  environment: Flags,
): Settings {
  const { program } = sheet
  const known = new Set(settingList(sheet).map(({ key }) => key))
  const faults = [...strangers(program, flags, environment, known)]
  const file = flags['config'] ?? environment[variableOf(program, 'config')]
  const fromFile = fileSource(file ?? defaultFileOf(program), file === undefined, known)
  faults.push(...fromFile.faults)
  const fromEnvironment = textSource(environment, (key) => variableOf(program, key))
  const reading = readSettings(sheet, [textSource(flags, flagOf, '--'), fromEnvironment, fromFile.source])
  if ('faults' in reading) faults.push(...reading.faults)
  if (faults.length > 0 || !('settings' in reading)) throw new ConfigInvalid(faults)
  return reading.settings
}

/** The file of the default name may be missing; one that was named may not. */
function fileSource(
  file: string,
  optional: boolean,
  known: ReadonlySet<string>,
): { source: Source; faults: ConfigFault[] } {
  const nothing: Source = { entry: () => undefined }
  try {
    return yamlSource(readFileSync(file, 'utf8'), file, known)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (optional && code === 'ENOENT') return { source: nothing, faults: [] }
    return { source: nothing, faults: [{ where: file, message: `cannot be read (${code})` }] }
  }
}

/** Flags and variables that look like settings and are none: a typing error must not pass in silence. */
function* strangers(
  program: string,
  flags: Flags,
  environment: Flags,
  known: ReadonlySet<string>,
): Iterable<ConfigFault> {
  const flagNames = new Set([...known].map(flagOf)).add('config')
  const variables = new Set([...known, 'config'].map((key) => variableOf(program, key)))
  for (const name of Object.keys(flags)) {
    if (!flagNames.has(name)) yield { where: `--${name}`, message: 'there is no such flag' }
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith(variableOf(program, '')) && !variables.has(name)) {
      yield { where: name, message: 'there is no such setting' }
    }
  }
}
