import { parseArgs } from 'node:util'
import { SETTINGS, type SettingName, settingRows } from './setting-table.ts'
import { SettingsInvalid } from './settings.ts'

/** A setting's text with the name that it was given by, for the error that it may cause. */
export interface Given {
  readonly text: string
  readonly by: string
}

export type GivenSettings = ReadonlyMap<SettingName, Given>

/**
 * What was given: a flag before a variable before the original's variable. An empty variable is one that is not set,
 * as templates often leave them.
 * @throws SettingsInvalid for flags that are none.
 */
export function gatherSettings(args: readonly string[], env: NodeJS.ProcessEnv): GivenSettings {
  const flags = readFlags(args)
  const given = new Map<SettingName, Given>()
  for (const [name, { flag, variable, original }] of settingRows()) {
    const candidates = [
      { by: `--${flag}`, text: flag && flags.get(flag) },
      { by: variable, text: env[variable] },
      { by: original ?? '', text: original && env[original] },
    ]
    for (const { by, text } of candidates) {
      if (given.has(name) || !text?.trim()) continue
      given.set(name, { by, text: text.trim() })
    }
  }
  return given
}

/** How a person would name a setting that was not given. */
export function settingLabel(name: SettingName): string {
  return SETTINGS[name].variable
}

function readFlags(args: readonly string[]): Map<string, string> {
  const options = Object.fromEntries(
    settingRows().flatMap(([, { flag }]) =>
      flag === undefined ? [] : [[flag, { type: 'string' as const }]],
    ),
  )
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false })
    return new Map(
      Object.entries(values).flatMap(([flag, text]) => (typeof text === 'string' ? [[flag, text]] : [])),
    )
  } catch (error) {
    throw new SettingsInvalid([error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)])
  }
}
