/** A variable or key that is called so has a value that nobody is to read. */
const NAME =
  /pass|pwd|psk|pw($|_)|secret|token|credential|private|salt|cookie|seed|licen[cs]e|hook|crypt|fernet|jwt|otp|dsn$|auth$|keys?$|(^|[_.-])keys?[_.-]/i

/** Text with somebody's password or token in it: in a URL, in a connection string, or by its own form. */
const VALUE =
  /:\/\/\S*@|(password|passwd|pwd|secret|token|api_?key)=|-----BEGIN|^(bearer|basic) |hooks\.slack\.com|\/api\/webhooks\/|\b(gh[opsu]_|github_pat_|glpat-|xox[abp]-|sk_live_|AKIA)|\$(apr1|2[aby])\$/i

/** Whether a value is to be kept from those who may read the stack, as it and its name look. */
export function isSecret(name: string, value: string): boolean {
  return NAME.test(name) || VALUE.test(value)
}
