/** Where somebody listens who must hear of nothing. */
export interface Place {
  /** TCP on 127.0.0.1. */
  readonly tcp: number
  /** UDP on 127.0.0.1. */
  readonly udp: number
  /** A name that nobody knows, for this way out alone. */
  readonly name: string
}

/**
 * What a hostile script could try to reach somebody with, by name. Each runs in the page, so that it stands on
 * nothing outside of itself; it may throw, wait and be refused.
 */
export const WAYS_OUT: Readonly<Record<string, (place: Place) => unknown>> = {
  'fetch': async ({ tcp }) => fetch(`http://127.0.0.1:${String(tcp)}/fetch`, { mode: 'no-cors', keepalive: true }),
  'XMLHttpRequest': ({ tcp }) => {
    const asked = new XMLHttpRequest()
    asked.open('GET', `http://127.0.0.1:${String(tcp)}/xhr`)
    asked.send()
  },
  'WebSocket': ({ tcp }) => new WebSocket(`ws://127.0.0.1:${String(tcp)}/`),
  'EventSource': ({ tcp }) => new EventSource(`http://127.0.0.1:${String(tcp)}/`),
  'WebTransport': async ({ udp }) => new WebTransport(`https://127.0.0.1:${String(udp)}/`).ready,
  'a beacon': ({ tcp }) => navigator.sendBeacon(`http://127.0.0.1:${String(tcp)}/`, 'x'),
  'a picture': ({ tcp }) => { new Image().src = `http://127.0.0.1:${String(tcp)}/` },
  'a picture by name': ({ tcp, name }) => { new Image().src = `http://${name}:${String(tcp)}/` },
  'a script': ({ tcp }) => document.head.append(Object.assign(document.createElement('script'), { type: 'module', src: `http://127.0.0.1:${String(tcp)}/` })),
  'an import': async ({ tcp }) => { await import(`http://127.0.0.1:${String(tcp)}/`) },
  'a worker': ({ tcp }) => new Worker(`http://127.0.0.1:${String(tcp)}/`),
  'a shared worker': ({ tcp }) => new SharedWorker(`http://127.0.0.1:${String(tcp)}/`),
  'a service worker': async () => navigator.serviceWorker.register('/index.js'),
  'a worklet': async ({ tcp }) => new AudioContext().audioWorklet.addModule(`http://127.0.0.1:${String(tcp)}/`),
  'sound': async ({ tcp }) => new Audio(`http://127.0.0.1:${String(tcp)}/`).play(),
  'a font': async ({ tcp }) => new FontFace('x', `url(http://127.0.0.1:${String(tcp)}/)`).load(),
  'style by scripts': ({ tcp }) => {
    const url = `url(http://127.0.0.1:${String(tcp)}/)`
    Object.assign(document.body.style, { backgroundImage: url, cursor: `${url}, auto`, listStyleImage: url, maskImage: url, borderImageSource: url, filter: url })
  },
  'an imported style sheet': async ({ tcp }) => {
    const sheet = await new CSSStyleSheet().replace(`body { background: url(http://127.0.0.1:${String(tcp)}/) }`)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  },
  'SVG': ({ tcp }) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
    for (const part of ['image', 'use', 'feImage']) {
      const element = document.createElementNS('http://www.w3.org/2000/svg', part)
      element.setAttribute('href', `http://127.0.0.1:${String(tcp)}/#x`)
      svg.append(element)
    }
    document.body.append(svg)
  },
  'elements that load': ({ tcp }) => {
    const url = `http://127.0.0.1:${String(tcp)}/`
    for (const [tag, attribute] of [['iframe', 'src'], ['frame', 'src'], ['object', 'data'], ['embed', 'src'], ['video', 'src'], ['video', 'poster'], ['source', 'src'], ['track', 'src'], ['input', 'src'], ['body', 'background'], ['img', 'srcset'], ['img', 'attributionsrc'], ['portal', 'src'], ['fencedframe', 'src']] as const) {
      const element = document.createElement(tag)
      if (tag === 'input') element.setAttribute('type', 'image')
      element.setAttribute(attribute, url)
      document.body.append(element)
    }
  },
  'links that load': ({ tcp }) => {
    for (const rel of ['stylesheet', 'icon', 'manifest', 'preload', 'prefetch', 'prerender', 'modulepreload', 'preconnect', 'apple-touch-icon', 'next', 'compression-dictionary', 'expect']) {
      document.head.append(Object.assign(document.createElement('link'), { rel, href: `http://127.0.0.1:${String(tcp)}/${rel}`, as: 'image' }))
    }
  },
  'a name to look up': ({ name }) => { document.head.append(Object.assign(document.createElement('link'), { rel: 'dns-prefetch', href: `//${name}/` })) },
  'a name in a link that is seen': ({ name }) => {
    document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'x-dns-prefetch-control', content: 'on' }))
    document.body.append(Object.assign(document.createElement('a'), { href: `https://${name}/`, textContent: 'look' }))
  },
  'a name to connect to': ({ tcp, name }) => { document.head.append(Object.assign(document.createElement('link'), { rel: 'preconnect', href: `http://${name}:${String(tcp)}/` })) },
  'speculation rules': ({ tcp }) => {
    const urls = [`http://127.0.0.1:${String(tcp)}/`]
    document.head.append(Object.assign(document.createElement('script'), { type: 'speculationrules', textContent: JSON.stringify({ prefetch: [{ source: 'list', urls }], prerender: [{ source: 'list', urls }] }) }))
  },
  'a ping': ({ tcp }) => {
    const link = Object.assign(document.createElement('a'), { href: '#x', ping: `http://127.0.0.1:${String(tcp)}/` })
    document.body.append(link)
    link.click()
  },
  'a report of what the policy refused': ({ tcp }) => {
    document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'content-security-policy', content: `img-src 'none'; report-uri http://127.0.0.1:${String(tcp)}/` }))
    new Image().src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='
  },
  'signing in by a third party': async ({ tcp }) => navigator.credentials.get({ identity: { providers: [{ configURL: `http://127.0.0.1:${String(tcp)}/`, clientId: 'x' }] } } as CredentialRequestOptions),
  'a security key': async ({ name }) => navigator.credentials.get({ publicKey: { challenge: new Uint8Array(16), rpId: name, timeout: 500 } }),
  'a payment': ({ tcp }) => new PaymentRequest([{ supportedMethods: `https://127.0.0.1:${String(tcp)}/` }], { total: { label: 'x', amount: { currency: 'USD', value: '1' } } }).canMakePayment(),
  'a page elsewhere': ({ tcp }) => { location.href = `http://127.0.0.1:${String(tcp)}/` },
  'a page elsewhere after a while': ({ tcp }) => { document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: `0; url=http://127.0.0.1:${String(tcp)}/` })) },
  'a window': ({ tcp }) => {
    if (open(`http://127.0.0.1:${String(tcp)}/`) !== null) throw new Error('a window opened')
    if (open('about:blank') !== null) throw new Error('an empty window opened')
  },
  'a link to a new window': ({ tcp }) => {
    const link = Object.assign(document.createElement('a'), { href: `http://127.0.0.1:${String(tcp)}/`, target: '_blank', rel: 'opener' })
    document.body.append(link)
    link.click()
  },
  'a form': ({ tcp }) => {
    for (const [method, target] of [['get', '_self'], ['post', '_self'], ['get', '_blank'], ['post', '_blank']] as const) {
      const form = Object.assign(document.createElement('form'), { action: `http://127.0.0.1:${String(tcp)}/`, method, target })
      document.body.append(form)
      form.submit()
    }
  },
  'WebRTC': async ({ tcp, udp, name }) => {
    const peer = new RTCPeerConnection({
      iceServers: [
        { urls: [`stun:127.0.0.1:${String(udp)}`, `stun:${name}:${String(udp)}`] },
        { urls: [`turn:127.0.0.1:${String(udp)}`, `turn:127.0.0.1:${String(tcp)}?transport=tcp`, `turns:127.0.0.1:${String(tcp)}?transport=tcp`, `turn:${name}:${String(tcp)}?transport=tcp`], username: 'x', credential: 'x' }
      ]
    })
    peer.createDataChannel('x')
    await peer.setLocalDescription(await peer.createOffer())
    await new Promise((resolve) => { setTimeout(resolve, 2_000) })
  }
}

/** WebRTC out of a frame that was added, which has what the page was relieved of. */
export async function webRtcInFrame ({ tcp, udp }: Place): Promise<string> {
  const frame = document.createElement('iframe')
  document.body.append(frame)
  const { RTCPeerConnection: Peer } = frame.contentWindow as unknown as { readonly RTCPeerConnection: typeof RTCPeerConnection }
  const peers = [new Peer({
    iceServers: [
      { urls: `stun:127.0.0.1:${String(udp)}` },
      { urls: [`turn:127.0.0.1:${String(udp)}`, `turn:127.0.0.1:${String(tcp)}?transport=tcp`], username: 'x', credential: 'x' }
    ]
  }), new Peer()] as const
  peers[0].createDataChannel('x')
  await peers[0].setLocalDescription(await peers[0].createOffer())
  await peers[1].setRemoteDescription(peers[0].localDescription as RTCSessionDescription)
  await peers[1].setLocalDescription(await peers[1].createAnswer())
  await peers[0].setRemoteDescription(peers[1].localDescription as RTCSessionDescription)
  for (const candidate of [`candidate:1 1 udp 2122260223 127.0.0.1 ${String(udp)} typ host generation 0`, `candidate:2 1 tcp 1518280447 127.0.0.1 ${String(tcp)} typ host tcptype passive generation 0`]) {
    await peers[0].addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0 })
  }
  await new Promise((resolve) => { setTimeout(resolve, 3_000) })
  return peers[0].iceConnectionState
}
