import { DEFAULT_OPTIONS } from '../../src/core/stack/model/options.ts'
import { renderStack } from '../../src/core/stack/render-stack.ts'
import {
  canonicalText,
  expectedText,
  PUBLISHED_FOLDER,
  type PublishedStack,
  publishedFiles,
  publishedStacks,
  readPublished,
} from '../../src/testing/published-stacks.ts'
import { sha256 } from '../../src/testing/stack-files.ts'
import type { Figure, Measurement } from '../figure.ts'

/** Published stacks: what Docker accepts, what becomes of it, and why not. */
export const stackCorpus: Measurement = {
  name: 'stack-corpus',
  run() {
    const all = publishedStacks()
    const accepted = all.filter(({ verdict }) => verdict === 'ACCEPT')
    const refused = all.filter(({ verdict }) => verdict === 'REJECT')
    const readings = accepted.map((one) => ({ ...one, reading: readPublished(one.stack) }))
    return Promise.resolve([
      share('published stacks that Docker accepts: accepted', accepted, 1, ({ stack }) =>
        readings.some((one) => one.stack === stack && one.reading.stack !== undefined),
      ),
      share('... in the same canonical form', accepted, 1, ({ stack }) => {
        const found = readings.find((one) => one.stack === stack)
        return found !== undefined && canonicalText(found.reading) === expectedText(stack)
      }),
      share('... that Docker refuses: refused for the same', refused, 1, ({ stack, message }) => {
        const { stack: made, problems } = readPublished(stack)
        return made === undefined && problems.some(({ detail }) => detail.includes(message))
      }),
      share('... rendered whole', accepted, 0.75, ({ stack }) => errorsOf(stack).length === 0),
      share(
        '... or refused, each time with the place, the reason and the way',
        accepted.filter(({ stack }) => errorsOf(stack).length > 0),
        1,
        ({ stack }) => errorsOf(stack).every(({ placed, remedy }) => placed && remedy !== ''),
      ),
    ])
  },
}

function errorsOf(name: string) {
  const { stack, places } = readPublished(name)
  if (stack === undefined) return []
  const { findings } = renderStack({
    stackName: name.split('__')[1] ?? name,
    stack,
    files: publishedFiles(name),
    digest: sha256,
    options: { ...DEFAULT_OPTIONS, folder: PUBLISHED_FOLDER },
  })
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ path, remedy }) => ({ placed: places.of(path) !== undefined, remedy }))
}

function share(
  what: string,
  stacks: readonly PublishedStack[],
  least: number,
  holds: (stack: PublishedStack) => boolean,
): Figure {
  const goal = least === 1 ? 'all' : `>= ${least * 100} %`
  const beside = 'docker stack config 28.2'
  if (stacks.length === 0)
    return { what, measured: 'no stacks are beside the checkout', beside, goal, met: true }
  const count = stacks.filter(holds).length
  const percent = ((100 * count) / stacks.length).toFixed(0)
  return {
    what,
    measured: `${count} of ${stacks.length} (${percent} %)`,
    beside,
    goal,
    met: count / stacks.length >= least,
  }
}
