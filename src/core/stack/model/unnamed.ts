import type { StackContext } from './context.ts'
import type { ServiceModel } from './service-model.ts'

/**
 * Says which services are called otherwise here though no text of the stack has their name: where an image has it in it,
 * it asks in vain. Nobody inside asks for what is reached from outside.
 *
 * @param asked the services that the ingress controller asks.
 */
export function tellOfUnnamed(
  services: readonly ServiceModel[],
  asked: ReadonlyMap<string, unknown>,
  { names, findings }: StackContext,
): void {
  for (const { key, name, publishes, routes, path } of services) {
    const isReached = names.named.has(key) || asked.has(key) || publishes.length > 0 || routes.length > 0
    if (name !== key && !isReached)
      findings.warn(
        path,
        `the name ${key} cannot be one in Kubernetes: here it becomes ${name}, and nothing in the stack names it`,
        `Where an image asks for ${key} by itself, tell it ${name} in a variable.`,
      )
  }
}
