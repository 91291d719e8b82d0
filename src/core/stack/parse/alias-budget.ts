import type { Located } from '../located.ts'

/** Values that all aliases of a file may stand for, besides ten times what is written out. */
const ALLOWANCE = 200_000

/** Counts what aliases stand for, so that a few lines can't become billions of values (a "YAML bomb"). */
export class AliasBudget {
  /** Values in a list or map, itself included, all aliases counted as what they stand for. */
  readonly #weights = new WeakMap<Located, number>()
  #written = 0
  #aliased = 0

  weigh<Node extends Located>(node: Node, children: readonly Located[]): Node {
    const weight = children.reduce((sum, child) => sum + this.#weightOf(child), 1)
    this.#weights.set(node, weight)
    this.#written += 1 + children.length
    return node
  }

  /** May one more alias stand for this? */
  allows(target: Located): boolean {
    const aliased = this.#aliased + this.#weightOf(target)
    if (aliased > ALLOWANCE + 10 * this.#written) return false
    this.#aliased = aliased
    return true
  }

  #weightOf(node: Located): number {
    return this.#weights.get(node) ?? 1
  }
}
