/**
 * A text that is still itself after Kubernetes has put variables in for `$(NAME)` and made `$$` a `$`. Docker does neither:
 * in the canonical form a `$` is a `$`.
 */
export function escapeReferences(text: string): string {
  return text.replace(/\$(?=[$(])/g, '$$$$')
}
