import { flagOf, variableOf } from './setting-names.ts'
import type { SettingReader, SettingSheet } from './sheet.ts'

/** A setting as the docs and `--help` tell of it. */
export interface SettingDescription {
  readonly key: string
  readonly flag: string
  readonly variable: string
  /** What its text must be. */
  readonly form: string
  readonly initial?: string
  readonly about: string
}

/** Every setting, in the order of the table. */
export function settingList({
  program,
  read,
}: Pick<SettingSheet<unknown>, 'program' | 'read'>): SettingDescription[] {
  const list: SettingDescription[] = []
  const note = (key: string, form: string, about: string, initial?: string) =>
    list.push({
      key,
      flag: flagOf(key),
      variable: variableOf(program, key),
      form,
      about,
      ...(initial !== undefined && { initial }),
    })
  const reader: SettingReader = {
    one: (key, of, initial, about) => {
      note(key, of.form, about, initial)
      const value = of.read(initial)
      if (value === undefined) throw new Error(`the initial value of ${key} is not ${of.form}`)
      return value
    },
    maybe: (key, of, about) => {
      note(key, of.form, about)
      return undefined
    },
    many: (key, each, about) => {
      note(key, `a list, each ${each.form}`, about)
      return []
    },
  }
  read(reader)
  return list
}
