// Loaded before a program: kills it before its n-th call that changes a disk, as a power cut would. Nothing runs after it.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

type Calls = Record<string, (...args: unknown[]) => unknown>

let left = Number(process.env['KILL_AT'])

function count (target: object, names: readonly string[]): void {
  const calls = target as Calls
  for (const name of names) {
    const call = calls[name]?.bind(target)
    if (call === undefined) throw new TypeError(`there is no ${name}`)
    calls[name] = (...args) => {
      if (left-- <= 0) process.kill(process.pid, 'SIGKILL')
      return call(...args)
    }
  }
}

// Files that are open are written and synced by methods of their own.
const openFile = fs.promises.open
fs.promises.open = async (...args) => {
  const handle = await openFile(...args)
  count(handle, ['writeFile', 'write', 'sync', 'chmod'])
  return handle
}
count(fs.promises, ['open', 'writeFile', 'rename', 'unlink', 'chmod', 'mkdir'])
syncBuiltinESMExports()
