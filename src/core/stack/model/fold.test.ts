import fc from 'fast-check'
import { expect, it } from 'vitest'
import { foldPaths } from './fold.ts'

it('puts each folder into the highest one around it', () => {
  const folded = foldPaths(['/var/data/app', '/var/data', '/var/data-x', '/srv/a/b', '/var/data/app'])
  expect(Object.fromEntries(folded)).toEqual({
    '/srv/a/b': { root: '/srv/a/b', subPath: '' },
    '/var/data': { root: '/var/data', subPath: '' },
    '/var/data-x': { root: '/var/data-x', subPath: '' },
    '/var/data/app': { root: '/var/data', subPath: 'app' },
  })
})

it('loses no folder, whichever there are', () => {
  const part = fc.constantFrom('a', 'b', 'a-b', 'a b', '!')
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
  fc.assert(
    fc.property(fc.array(path), (paths) => {
      const folded = foldPaths(paths)
      expect(new Set(folded.keys())).toEqual(new Set(paths))
      for (const [folder, { root, subPath }] of folded) {
        expect(subPath === '' ? root : `${root}/${subPath}`).toBe(folder)
        const above = paths.filter((other) => `${folder}/`.startsWith(`${other}/`))
        expect(root).toBe(above.toSorted((a, b) => a.length - b.length)[0])
      }
    }),
  )
})
