import { settingList } from './setting-list.ts'

/** The table of docs/configuration.md, made from the settings themselves. */
export function settingsTable(): string {
  const rows = settingList().map(({ key, flag, variable, form, initial, about }) => {
    const value = initial === undefined ? '' : `\`${initial}\``
    return `| \`${key}\`<br>\`--${flag}\`<br>\`${variable}\` | ${about} | ${form} | ${value} |`
  })
  return ['| setting | what it is for | form | default |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
