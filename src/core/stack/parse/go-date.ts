const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/

const DATE_AND_TIME =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,9})?(Z|[-+]\d\d:\d\d)| (\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,9})?)$/

/** Does Docker's YAML library read this as a date? */
export function isDate(text: string): boolean {
  return partsOf(text) !== undefined
}

/** A date as Go prints it where Docker wants a string: `2024-01-01 00:00:00 +0000 UTC`. */
export function goDateText(text: string): string {
  const parts = partsOf(text)
  if (!parts) return text
  const { date, time, fraction, zone } = parts
  const offset = zone === undefined || zone === 'Z' ? '+0000 UTC' : zoneText(zone)
  return `${date} ${time}${fraction} ${offset}`
}

/** A date as Go's YAML prints it: `2024-01-01T00:00:00Z`. */
export function yamlDateText(text: string): string {
  const parts = partsOf(text)
  if (!parts) return text
  const { date, time, fraction, zone = 'Z' } = parts
  return `${date}T${time}${fraction}${/^[-+]00:00$/.test(zone) ? 'Z' : zone}`
}

function zoneText(zone: string): string {
  const digits = zone.replace(':', '')
  return digits === '+0000' || digits === '-0000' ? '+0000 UTC' : `${digits} ${shortZone(digits)}`
}

/** Go names a zone without a name by its offset. */
function shortZone(digits: string): string {
  return digits
}

function partsOf(text: string) {
  const [, year = '', month = '', day = '', h1, m1, s1, f1, zone, h2, m2, s2, f2] =
    DATE.exec(text) ?? DATE_AND_TIME.exec(text) ?? []
  if (year === '' || !isDay(Number(year), Number(month), Number(day))) return undefined
  const [hour = '0', minute = '0', second = '0'] = [h1 ?? h2, m1 ?? m2, s1 ?? s2]
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const two = (number: string) => number.padStart(2, '0')
  const fraction = (f1 ?? f2 ?? '').replace(/\.?0+$/, '')
  return {
    date: `${year}-${two(month)}-${two(day)}`,
    time: `${two(hour)}:${two(minute)}:${two(second)}`,
    fraction,
    zone,
  }
}

function isDay(year: number, month: number, day: number): boolean {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
  return day >= 1 && day <= days
}
