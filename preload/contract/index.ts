export * from './calls.ts'
export * from './events.ts'
export * from './model.ts'
export * from './result.ts'
