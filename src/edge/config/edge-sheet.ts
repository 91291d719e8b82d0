import type { SettingSheet, TellFault } from '../../settings/sheet.ts'
import { type Settings, settingsFrom } from './settings.ts'

/**
 * The settings of `homeport edge`.
 * @param folderFault why a folder cannot be used; every one can where nobody says
 */
export function edgeSheet(
  folderFault: (path: string) => string | undefined = () => undefined,
): SettingSheet<Settings> {
  const contradictions = (settings: Settings, fault: TellFault) => {
    contradict(settings, fault)
    for (const key of ['stateDir', 'runtimeDir'] as const) {
      const message = folderFault(settings[key])
      if (message !== undefined) fault(key, message)
    }
  }
  return { program: 'edge', read: settingsFrom, contradictions }
}

/** The longest path of a UNIX socket is 107 bytes (sun_path, unix(7)); the longest name in the folder takes 27. */
const LONGEST_RUNTIME_DIR = 80

function contradict({ tls, webhook, api, runtimeDir }: Settings, fault: TellFault): void {
  if (tls.certificate !== undefined && tls.key === undefined)
    fault('tls.certificate', 'needs tls.key beside it')
  if (tls.key !== undefined && tls.certificate === undefined)
    fault('tls.key', 'needs tls.certificate beside it')
  if (webhook.listen && webhook.tokenFile === undefined)
    fault('webhook.listen', 'needs webhook.tokenFile beside it')
  if (webhook.listen && webhook.listen.port !== 0 && webhook.listen.port === api.listen.port) {
    fault('webhook.listen', 'is the port of api.listen')
  }
  if (runtimeDir.length > LONGEST_RUNTIME_DIR) {
    fault('runtimeDir', `is longer than ${LONGEST_RUNTIME_DIR} characters, too long for the sockets in it`)
  }
}
