import { settingRows } from './setting-table.ts'

/** The table of docs/agent.md, made from the settings themselves. */
export function agentSettingsTable(): string {
  const rows = settingRows().map(([, { variable, flag, original, meaning, fallback }]) => {
    const names = [variable, flag && `--${flag}`, original].filter(Boolean)
    return `| ${names.map((name) => `\`${name}\``).join('<br>')} | ${meaning} | ${fallback} |`
  })
  return ['| setting | meaning | default |', '| --- | --- | --- |', ...rows].join('\n')
}
