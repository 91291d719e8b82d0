import { settingList } from './setting-list.ts'
import type { SettingSheet } from './sheet.ts'

/** The table of the docs, made from the settings themselves. */
export function settingsTable(sheet: Pick<SettingSheet<unknown>, 'program' | 'read'>): string {
  const rows = settingList(sheet).map(({ key, flag, variable, form, initial, about }) => {
    const value = initial === undefined ? '' : `\`${initial}\``
    return `| \`${key}\`<br>\`--${flag}\`<br>\`${variable}\` | ${about} | ${form} | ${value} |`
  })
  return ['| setting | what it is for | form | default |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
