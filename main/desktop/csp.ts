/**
 * What the renderer's page may load: its own files and nothing else.
 *
 * Every kind of source is closed by `default-src 'none'` and opened singly. The page reaches the network
 * only through the main process, so `connect-src` stays closed. `data:` images are peers' pictures that
 * main has decoded. Svelte builds its templates under the trusted types policy named here.
 * Source: https://www.w3.org/TR/CSP3/ and https://www.w3.org/TR/trusted-types/
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html'
].join('; ')

/** What scripts of the page may not ask for, as the handlers in guard.ts have it too. Source: https://www.w3.org/TR/permissions-policy/ */
const CLOSED = ['accelerometer', 'bluetooth', 'camera', 'clipboard-read', 'display-capture', 'geolocation', 'gyroscope', 'hid', 'idle-detection', 'local-fonts', 'magnetometer', 'microphone', 'midi', 'payment', 'publickey-credentials-get', 'screen-wake-lock', 'serial', 'usb', 'window-management']

/** Headers on every answer to the page, the policy among them. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': CLOSED.map((feature) => `${feature}=()`).join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off'
}
