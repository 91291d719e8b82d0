import { join } from 'node:path'
import { programOf, scriptOf } from './code-cache.ts'

// dist/stack.cjs, which loads the program beside it with V8's code of it: two fifths less time than to compile it.
const program = programOf(scriptOf(join(__dirname, 'stack-program.cjs')))
program(require, { exports: {} })
