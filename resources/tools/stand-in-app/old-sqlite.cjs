// The SQLite module that Natter uses needs a newer Node-API than the stand-in has, and would end the process.
// Whoever asks for it is given another one, which reads and writes the same files; it is for tests and never in a release.
const Module = require('node:module')

/**
 * @param {string} from a file beside whose node_modules the other one lies
 */
exports.useOldSqlite = (from) => {
  const loader = /** @type {{ _resolveFilename: (request: string, ...rest: unknown[]) => string }} */ (/** @type {unknown} */ (Module))
  const resolve = loader._resolveFilename
  const other = Module.createRequire(from)
  loader._resolveFilename = (request, ...rest) =>
    request === 'better-sqlite3-multiple-ciphers' ? other.resolve('@signalapp/sqlcipher') : resolve.call(Module, request, ...rest)
}
