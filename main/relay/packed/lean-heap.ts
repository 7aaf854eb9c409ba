// Has the relay run with what bounds its heap, however Node.js was started. Loaded before anything else.
import process from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { growthFlag, newSpaceFlag } from '../../../resources/tools/relay-flags.mjs'

const [name = ''] = newSpaceFlag.split('=')
// Trap: V8 reads the size of the space for new objects when it starts and never again (measured: 128 MiB of it with the
// flag set here), so Node.js starts once more, as the same process. Before 22.15 and on Windows it cannot, and a parent's
// channel would not outlive it.
if (!process.execArgv.some((flag) => flag.startsWith(name)) && process.execve !== undefined && process.channel === undefined && process.platform !== 'win32') {
  process.execve(process.execPath, [process.execPath, newSpaceFlag, ...process.execArgv, ...process.argv.slice(1)], process.env)
}
// This one is read at each collection. Not handed to a Node.js that we do not know: one without the flag would not start.
setFlagsFromString(growthFlag)
