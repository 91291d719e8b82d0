import { main } from './main.ts'

// No await: the bundle is CommonJS, since to import node:tls as a module would load what nobody needs (4 MB).
void main(process.argv.slice(2), process.env).then((code) => {
  process.exitCode = code
})
