import type { Figure } from './figure.ts'

/** The figures as a table in Markdown. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ what, measured, beside, goal, met }) =>
      `| ${what} | ${measured} | ${beside} | ${goal} | ${reached(met)} |`,
  )
  return ['| what | measured | beside | goal | reached |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  )
}

function reached(met: boolean | undefined): string {
  if (met === undefined) return '-'
  return met ? 'yes' : '**no**'
}
