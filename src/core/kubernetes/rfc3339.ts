/** The core has no clock and no calendar of its own: the two ways between RFC 3339 and milliseconds since 1970. */

const FORM = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/i

const DAY = 86_400_000

/** Milliseconds since 1970, or undefined where the text is no time. */
export function parseTime(text: string): number | undefined {
  const parts = FORM.exec(text)
  if (!parts) return undefined
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number)
  const [, , , , , , , fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = parts
  const date = daysBefore(year ?? 0, month ?? 0, day ?? 0)
  const time = ((hour ?? 0) * 60 + (minute ?? 0)) * 60_000 + (second ?? 0) * 1000
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000 * (sign === '-' ? -1 : 1)
  return date * DAY + time + Number(fraction.padEnd(3, '0').slice(0, 3)) - offset
}

/** Whole seconds in UTC, as Kubernetes writes times: `2026-05-01T12:00:00Z`. */
export function formatTime(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY)
  const seconds = Math.floor((milliseconds - days * DAY) / 1000)
  const { year, month, day } = dateOf(days)
  const date = `${pad(year, 4)}-${pad(month)}-${pad(day)}`
  return `${date}T${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}Z`
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}

// Both count in years that begin in March, so that the leap day is a year's last, and in eras of 400 years (146,097
// days). 719,468 days lie between 0000-03-01 and 1970-01-01.

/** Days from 1970-01-01 to a date of the Gregorian calendar. */
function daysBefore(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function dateOf(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  }
}
