import { settingRows } from './setting-table.ts'

/** What `homeport agent --help` prints. */
export function helpText(): string {
  const rows = settingRows().map(([, { variable, flag, original, fallback, meaning }]) => {
    const names = [variable, flag && `--${flag}`, original].filter(Boolean).join(', ')
    return `  ${names}\n      ${meaning} Default: ${fallback}.`
  })
  return [
    'Usage: homeport agent [--flag value]...',
    '',
    'Calls the edges, again and again, so that they forward their ports to this node.',
    'A flag wins over its environment variable. The token is given by environment or file only.',
    '',
    ...rows,
    '',
    'Exit codes: 0 told to stop (with once: live), 1 fault, 2 settings, 3 refused for good,',
    '4 with once: unreachable or refused for now.',
    '',
    'Example:',
    '  HOMEPORT_TOKEN=hp1... homeport agent --edges https://203.0.113.5:9443 \\',
    '      --owner mqtt/mosquitto --claims 8443:30843',
    '',
  ].join('\n')
}
