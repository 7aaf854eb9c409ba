// `npm run proto`: writes `*_pb.ts` beside every `*.proto` of the main process with the system's protoc.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { bin, root } from './paths.mjs'

const files = globSync('main/**/*.proto', { cwd: root }).sort()
if (files.length === 0) {
  console.error('natter: there is no .proto file under main/.')
  process.exit(2)
}

const plugin = join(bin, process.platform === 'win32' ? 'protoc-gen-es.cmd' : 'protoc-gen-es')
const { status, error } = spawnSync(
  'protoc',
  ['--proto_path=.', `--plugin=protoc-gen-es=${plugin}`, '--es_out=.', '--es_opt=target=ts,import_extension=ts', ...files],
  { cwd: root, stdio: 'inherit' }
)
if (error !== undefined) {
  console.error(`natter: protoc did not start (${error.message}); resources/tools/install-system.sh installs it.`)
  process.exit(2)
}
if (status === 0) console.log(`natter: read ${files.join(', ')}`)
process.exit(status ?? 1)
