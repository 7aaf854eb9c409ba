// Where a packed test flavour begins that holds the stand-in: what the loader does for a checkout.
const { join } = require('node:path')

const app = join(__dirname, '..')
// The window says on what it runs, as it does from a checkout.
process.env['NATTER_STAND_IN'] = '1'
require('./old-sqlite.cjs').useOldSqlite(join(app, 'package.json'))
require(join(app, 'dist/main/index.cjs'))
