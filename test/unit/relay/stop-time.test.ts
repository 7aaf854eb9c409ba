import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { askForStopTime } from '../../../main/relay/stop-time.ts'
import { pause, until } from '../../net/support/until.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natter-stop-time-'))
  await writeFile(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$NOTIFY_SOCKET $*" > "${folder}/said"\n`)
  await chmod(join(folder, 'systemd-notify'), 0o755)
})
afterEach(async () => rm(folder, { recursive: true, force: true }))
const said = async (): Promise<string> => readFile(join(folder, 'said'), 'utf8').catch(() => '')

it('a service asks systemd for the time of its drain and some more', async () => {
  askForStopTime(3_600, { PATH: folder, NOTIFY_SOCKET: '/run/notify' })
  await until(async () => (await said()).endsWith('\n'), 5_000, 'it is asked')
  expect(await said()).toBe('/run/notify EXTEND_TIMEOUT_USEC=3610000000\n')
})

it('a relay that is no service asks nobody, and one without systemd\'s program does without', async () => {
  askForStopTime(20, { PATH: folder })
  askForStopTime(20, { PATH: join(folder, 'nowhere'), NOTIFY_SOCKET: '/run/notify' })
  await pause(300)
  expect(await said()).toBe('')
})
