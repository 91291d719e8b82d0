import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'

const documentsOf = (name: string) =>
  parseAllDocuments(readFileSync(`deploy/kubernetes/${name}.yaml`, 'utf8'))

it('the manifest of the curl phone runs the loop of docs/curl.md, which is tested there', () => {
  const [, loop] = /```sh\n([\s\S]*?)```/.exec(readFileSync('docs/curl.md', 'utf8')) ?? []
  const [configMap] = documentsOf('phone')
  expect(configMap?.getIn(['data', 'loop.sh'])).toBe(loop)
})

it.each(['phone', 'ingress-phone', 'sidecar', 'application'])(
  'the phone of %s.yaml leaves a node that is lost after half a minute',
  (name) => {
    const deployment = documentsOf(name).find((document) => document.get('kind') === 'Deployment')
    const seconds = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }
    const tolerations = [
      { key: 'node.kubernetes.io/unreachable', ...seconds },
      { key: 'node.kubernetes.io/not-ready', ...seconds },
    ]
    expect(deployment?.toJS()).toMatchObject({ spec: { template: { spec: { tolerations } } } })
  },
)
