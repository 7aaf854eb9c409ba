// A program of its own: opens the settings of a folder, with all that an upgrade has to do. It may be killed at any moment.
import { openSettings } from '../../../../main/settings/settings.ts'

const [folder = '', key = ''] = process.argv.slice(2)
const { settings } = await openSettings(folder)
await settings.unlock({ raw: new Uint8Array(Buffer.from(key, 'hex')) })
await settings.flush()
await settings.tidy()
process.stdout.write('done')
