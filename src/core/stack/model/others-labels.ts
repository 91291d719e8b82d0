import type { CanonicalService } from '../canonical.ts'
import type { Findings } from './findings.ts'
import { labelsOf } from './label-names.ts'
import { labelPath } from './traefik/label-paths.ts'

/** Programs that read the labels of Swarm's services and do something of weight, and what does it on Kubernetes. */
const OTHERS = [
  {
    form: /^swarm\.cronjob\./i,
    lost: 'swarm-cronjob reads no labels on Kubernetes: the service runs at once and all the time',
    remedy: 'Write it as a CronJob of Kubernetes, beside the stack, and take it out here.',
  },
  {
    form: /^caddy(_\d+)?(\.|$)/i,
    lost: 'Caddy reads no labels on Kubernetes: its routes, and who guards them, are left out',
    remedy: 'Write the label homeport.dev/host: name.example.com.',
  },
  {
    form: /^com\.df\./i,
    lost: 'Docker Flow Proxy reads no labels on Kubernetes: its routes, and who guards them, are left out',
    remedy: 'Write the labels homeport.dev/host: name.example.com and homeport.dev/port.',
  },
  {
    form: /^ofelia\./i,
    lost: 'Ofelia reads no labels on Kubernetes: the commands that it runs in the service by the clock are left out',
    remedy: 'Write them as CronJobs of Kubernetes, beside the stack.',
  },
] as const

/** Whether a label is for one of them. It annotates nothing: it may say who logs in, and nobody reads it. */
export function isOthersLabel(label: string): boolean {
  return OTHERS.some(({ form }) => form.test(label))
}

export function tellOfOthersLabels(service: CanonicalService, key: string, findings: Findings): void {
  for (const { form, lost, remedy } of OTHERS) {
    const label = [...labelsOf(service).keys()].find((one) => form.test(one))
    if (label !== undefined) findings.warn(labelPath(service, key, label), lost, remedy)
  }
}
