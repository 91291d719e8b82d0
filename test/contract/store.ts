import { describe, expect, it, onTestFinished } from 'vitest'
import type { HeldDocument } from '../../src/core/registry/state.ts'
import type { Store, TokenRecord } from '../../src/edge/store/store.ts'
import { aClaim, aDocument } from '../../src/testing/documents.ts'

function held(phone: string, version: number, more: Partial<HeldDocument> = {}): HeldDocument {
  return { ...aDocument(phone), version, ...more }
}

const token: TokenRecord = {
  id: 'abcdefgh',
  name: 'home',
  hash: 'h'.repeat(43),
  scope: { role: 'phone', ports: ['8443'] },
  created: 1_700_000_000_000,
}

/** What every store does. `open` gives the store of this test; called again, it gives what a restart would find. */
export function storeContract(name: string, opener: () => Promise<() => Store>): void {
  const fresh = async () => {
    const open = await opener()
    let store: Store | undefined
    onTestFinished(() => store?.close())
    return () => {
      store?.close()
      store = open()
      return store
    }
  }

  describe(`${name} as a store`, () => {
    it('begins empty', async () => {
      const open = await fresh()
      expect(open().load()).toEqual({ documents: [], owners: [], tokens: [], edgeTime: 0 })
    })

    it('gives back what was committed, sorted by key, also after a restart', async () => {
      const open = await fresh()
      const store = open()
      const documents = [
        held('b', 2, { lapsedAt: 5, lost: ['tcp/8443 10.0.0.1:30843'] }),
        held('a', 1),
      ] as const
      store.commit(
        [
          { kind: 'put-document', key: 'home/b', document: documents[0] },
          { kind: 'put-document', key: 'home/a', document: documents[1] },
          { kind: 'put-owner', port: 'tcp/8443', owner: 'home/mqtt/mosquitto' },
          { kind: 'put-token', token },
        ],
        12_345,
      )
      const saved = {
        documents: [documents[1], documents[0]],
        owners: [['tcp/8443', 'home/mqtt/mosquitto']],
        tokens: [token],
        edgeTime: 12_345,
      }
      expect(store.load()).toEqual(saved)
      expect(open().load()).toEqual(saved)
    })

    it('replaces and removes', async () => {
      const open = await fresh()
      const store = open()
      const changed = held('a', 3, { claims: [aClaim({ port: 9000 })] })
      store.commit(
        [
          { kind: 'put-document', key: 'home/a', document: held('a', 1) },
          { kind: 'put-document', key: 'home/b', document: held('b', 2) },
          { kind: 'put-owner', port: 'tcp/1', owner: 'x/y/z' },
          { kind: 'put-owner', port: 'tcp/2', owner: 'x/y/z' },
          { kind: 'put-token', token },
        ],
        1,
      )
      store.commit(
        [
          { kind: 'put-document', key: 'home/a', document: changed },
          { kind: 'delete-document', key: 'home/b' },
          { kind: 'delete-document', key: 'home/never-there' },
          { kind: 'put-owner', port: 'tcp/1', owner: 'a/b/c' },
          { kind: 'delete-owner', port: 'tcp/2' },
          { kind: 'delete-token', id: token.id },
        ],
        2,
      )
      expect(open().load()).toEqual({
        documents: [changed],
        owners: [['tcp/1', 'a/b/c']],
        tokens: [],
        edgeTime: 2,
      })
    })

    it('lets a commit without changes set the clock', async () => {
      const open = await fresh()
      open().commit([], 99)
      expect(open().load().edgeTime).toBe(99)
    })

    it('is not touched by what happens later to the values that it gave or got', async () => {
      const open = await fresh()
      const store = open()
      const scope = { role: 'phone' as const, ports: ['1'] }
      store.commit([{ kind: 'put-token', token: { ...token, scope } }], 1)
      scope.ports.push('2')
      store.load().tokens[0]?.scope.ports?.push('3')
      expect(store.load().tokens[0]?.scope.ports).toEqual(['1'])
    })
  })
}
