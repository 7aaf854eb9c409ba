import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { DesktopSession } from './desktop-session.ts'

/** A notification as the server was asked to show it: text as it came over the bus. */
export interface ShownNotification {
  readonly id: number
  readonly appName: string
  readonly title: string
  readonly body: string
}

/** What passes over the bus between apps and the notification server, heard beside them. */
export interface NotificationLog {
  /** On the screen now, oldest first. */
  readonly shown: () => readonly ShownNotification[]
  /** How many were ever asked for, replaced ones among them. */
  readonly asked: () => number
}

interface Message {
  readonly type: string
  readonly member?: string
  readonly cookie?: number
  readonly reply_cookie?: number
  readonly destination?: string
  readonly sender?: string
  readonly payload?: { readonly data?: readonly unknown[] }
}

/** Listens on the session's bus from now on; ends with the session. */
export async function logNotifications (session: DesktopSession): Promise<NotificationLog> {
  const child = spawn('busctl', ['--user', '--json=short', 'monitor', 'org.freedesktop.Notifications'], { env: session.env, ...session.user, stdio: ['ignore', 'pipe', 'pipe'] })
  const waiting = new Map<string, Omit<ShownNotification, 'id'>>()
  const shown = new Map<number, ShownNotification>()
  let asked = 0
  const ready = Promise.withResolvers<undefined>()
  child.once('exit', () => { ready.reject(new Error('busctl monitor ended before it listened')) })
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('Monitoring')) ready.resolve(undefined)
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { type, member, cookie, reply_cookie: reply, destination, sender, payload: { data = [] } = {} } = JSON.parse(line) as Message
    if (type === 'method_call' && member === 'Notify') {
      const [appName, , , title, body] = data as string[]
      asked++
      waiting.set(`${String(sender)} ${String(cookie)}`, { appName: appName ?? '', title: title ?? '', body: body ?? '' })
    } else if (type === 'method_return') {
      const key = `${String(destination)} ${String(reply)}`
      const notification = waiting.get(key)
      if (notification === undefined) return
      waiting.delete(key)
      const id = Number(data[0])
      shown.set(id, { id, ...notification })
    } else if (type === 'signal' && member === 'NotificationClosed') shown.delete(Number(data[0]))
  })
  await ready.promise
  ready.promise.catch(() => {})
  return { shown: () => [...shown.values()], asked: () => asked }
}
