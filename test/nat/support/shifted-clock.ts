import process from 'node:process'
import { setWallClock } from '../../support/wall-clock.ts'

// Loaded before a program (`node --import`): its clock is off by NATTER_TEST_CLOCK milliseconds; its timers are not.

setWallClock(Number(process.env['NATTER_TEST_CLOCK']))
