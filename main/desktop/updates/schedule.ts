import { afterTime } from '../../node/deadline.ts'

/** Milliseconds from the start to the first check: the window and the network come first. */
const FIRST = 5 * 60_000
/** Milliseconds between two checks. A version that mends something bad is then everywhere within a day. */
const EVERY = 6 * 3_600_000
/** What is added at random, as a part of the time, so that copies that start together do not ask together. */
const JITTER = 0.5

/** Repeats a task at intervals. */
export interface Schedule {
  readonly start: () => void
  readonly stop: () => void
}

/** How a {@link Schedule} runs; times in milliseconds. */
export interface ScheduleOptions {
  /** @default 5 minutes */
  readonly first?: number
  /** @default 6 hours */
  readonly every?: number
  /** From 0 to below 1. @default Math.random */
  readonly random?: () => number
}

/** @param task must not reject; the next wait begins when it has ended */
export function createSchedule (task: () => Promise<void>, { first = FIRST, every = EVERY, random = Math.random }: ScheduleOptions = {}): Schedule {
  let cancel = (): void => {}
  /** Of the run that counts; a task may still go on from one that was stopped. */
  let run: symbol | undefined

  function wait (time: number, mine: symbol): void {
    cancel = afterTime(time * (1 + JITTER * random()), () => {
      void task().then(() => { if (run === mine) wait(every, mine) })
    })
  }

  return {
    start: () => {
      if (run !== undefined) return
      run = Symbol('run')
      wait(first, run)
    },
    stop: () => {
      run = undefined
      cancel()
    }
  }
}
