import type { Kind } from './kind.ts'

/** Reads settings one by one: from an operator's sources, or to make a list of them for the docs. */
export interface SettingReader {
  /** A setting with an initial value, written as an operator would. */
  one<Value>(key: string, of: Kind<Value>, initial: string, about: string): Value
  /** A setting that may be left out. */
  maybe<Value>(key: string, of: Kind<Value>, about: string): Value | undefined
  /** A list, empty when left out. */
  many<Value>(key: string, each: Kind<Value>, about: string): readonly Value[]
}

/** Tells of a setting that is wrong. */
export type TellFault = (key: string, message: string) => void

/** All settings of one program. */
export interface SettingSheet<Settings> {
  /** Its flags, variables and file are named after it. */
  readonly program: 'edge' | 'controller'
  /**
   * Asks for every setting. A key is the setting's path in the YAML file; its flag and its environment variable follow
   * from it (setting-names.ts).
   */
  readonly read: (reader: SettingReader) => Settings
  /** What each setting alone does not show. */
  readonly contradictions: (settings: Settings, fault: TellFault) => void
}
