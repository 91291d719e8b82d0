const NAMED = /^(caddyfile|corefile|dockerfile|crontab|\.?htpasswd|\.env|\.npmrc|\.pgpass)$/i

/** Whether a mount is of one file, as its names look. What is there to look at needs no such guess. */
export function looksLikeFile(source: string, target: string): boolean {
  const [from = '', to = ''] = [source, target].map((path) => path.split('/').at(-1))
  return NAMED.test(from) || NAMED.test(to) || (hasExtension(from) && hasExtension(to))
}

/** `conf.d` is a folder, `.config` one or the other. */
function hasExtension(name: string): boolean {
  return /[^.]\.[A-Za-z0-9]{1,10}$/.test(name) && !/\.d$/.test(name)
}

/** Whether a file holds what nobody is to read, as its name looks. */
export function looksSecret(path: string): boolean {
  return /secret|passw|passwd|credential|token|private|acme\.json|\.(key|pem|p12|pfx|env|htpasswd|pgpass)$|(^|\/)\.env|htpasswd/i.test(
    path,
  )
}
