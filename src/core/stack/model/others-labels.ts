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
] as const

export function tellOfOthersLabels(service: CanonicalService, key: string, findings: Findings): void {
  for (const { form, lost, remedy } of OTHERS) {
    const label = [...labelsOf(service).keys()].find((one) => form.test(one))
    if (label !== undefined) findings.warn(labelPath(service, key, label), lost, remedy)
  }
}
