import process from 'node:process'

// Loaded before a program (`node --import`): its clock is off by NATTER_TEST_CLOCK milliseconds; its timers are not.

const shift = Number(process.env['NATTER_TEST_CLOCK'])

globalThis.Date = new Proxy(Date, {
  construct: (date, args: unknown[], target) => Reflect.construct(date, args.length === 0 ? [date.now() + shift] : args, target) as Date,
  get: (date, key) => key === 'now' ? () => date.now() + shift : Reflect.get(date, key) as unknown
})
