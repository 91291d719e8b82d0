/** Why something does not become ready. */
export interface Trouble {
  /** `Deployment/web`, `Pod/web-7d9c-x2x`. */
  readonly subject: string
  /** The service that it keeps from running; undefined for what is no service's. */
  readonly service?: string | undefined
  /** One word, as Kubernetes has it: `ImagePullBackOff`. */
  readonly reason: string
  readonly detail: string
  /** It does not get better by waiting. */
  readonly isLasting: boolean
  /** The log that tells more. */
  readonly log?: LogPlace
}

export interface LogPlace {
  readonly pod: string
  readonly container: string
  /** Of the container that ended, before the one that runs now. */
  readonly previous: boolean
}
