import { describe, expect, it } from 'vitest'
import { DEFAULT_OPTIONS } from '../../src/core/stack/model/options.ts'
import { yamlText } from '../../src/core/stack/objects/yaml-text.ts'
import { type RenderedStack, renderStack } from '../../src/core/stack/render-stack.ts'
import { sha256 } from '../../src/testing/stack-files.ts'
import { acceptedStacks, type CorpusStack, noCorpus } from './corpus.ts'

function render({ name, folder, stack, files }: CorpusStack): RenderedStack {
  const stackName = name.split('__')[1] ?? name
  return renderStack({ stackName, stack, files, digest: sha256, options: { ...DEFAULT_OPTIONS, folder } })
}

describe.skipIf(noCorpus)('published stacks', () => {
  const stacks = acceptedStacks()

  it.each(stacks)('$name is rendered, or refused with the reason and what to do', (stack) => {
    const { objects, findings } = render(stack)
    const errors = findings.filter(({ severity }) => severity === 'error')
    for (const { detail, remedy } of errors)
      expect([detail, remedy]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)])
    expect(objects.length > 0).toBe(errors.length === 0)
    expect(yamlText(render(stack).objects)).toBe(yamlText(objects))
  })

  it('are rendered whole, three of four', () => {
    const whole = stacks.filter((stack) => render(stack).objects.length > 0)
    expect(whole.length / stacks.length).toBeGreaterThanOrEqual(0.75)
  })
})
