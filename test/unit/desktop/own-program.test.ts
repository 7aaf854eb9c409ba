import { expect, it } from 'vitest'
import { ownProgram } from '../../../main/desktop/own-program.ts'

const APPIMAGE = '/home/ada/Natter.AppImage'

it('starts an AppImage by its file, whose mount ends with it', () => {
  expect(ownProgram({ execPath: '/tmp/.mount_NatterX/natter', env: { APPIMAGE, APPDIR: '/tmp/.mount_NatterX' } })).toBe(APPIMAGE)
})

it.each([
  { APPIMAGE, APPDIR: '/tmp/.mount_Browser' },
  { APPIMAGE, APPDIR: '/opt/Nat' },
  { APPIMAGE, APPDIR: '' },
  { APPIMAGE },
  { APPDIR: '/opt/Natter' },
  { APPIMAGE: 'Natter.AppImage', APPDIR: '/opt/Natter' },
  {}
])('does not take another program for itself, which left %j', (env) => {
  expect(ownProgram({ execPath: '/opt/Natter/natter', env })).toBe('/opt/Natter/natter')
})
