import type { ServiceModel } from '../model/service-model.ts'

/** The variables of a container. The secret ones come one by one out of the service's own Secret. */
export function environment({ environment: variables, secretName }: ServiceModel): object[] {
  return variables.map((variable) => {
    const { name } = variable
    if (variable.kind === 'field')
      return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: variable.field } } }
    if (variable.kind === 'plain') return { name, value: variable.value }
    return { name, valueFrom: { secretKeyRef: { name: secretName, key: variable.key } } }
  })
}
