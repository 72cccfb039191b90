import type { Transport } from '../../src/core/frame.ts'
import { type Phone, openPhone } from '../../src/play/phone.ts'
import type { PortRange } from '../../src/profile/profile.ts'
import { directionOf } from '../../src/sdp/description.ts'
import { parseSdp } from '../../src/sdp/parse.ts'
import type { Message } from '../../src/sip/message.ts'
import { type Peer, bind, contractOf, offer, takePorts, openPeer, ticker, timers, world } from '../embedded/peer.ts'

const opened: (() => Promise<unknown>)[] = []

/** Closes all that was opened, the first first. */
export const closeAll = async (): Promise<void> => {
  for (const close of opened.splice(0)) await close()
}

/** Closes that, too. */
export const alsoClose = (close: () => Promise<unknown>): void => void opened.push(close)

type Given = { readonly transport?: Transport; readonly rtpPorts?: PortRange }

/** A phone, and the PBX that it calls through, moved by hand. */
export const behind = async ({ transport = 'udp', rtpPorts }: Given = {}): Promise<{
  readonly phone: Phone
  readonly pbx: Peer
  readonly uri: () => string
}> => {
  const pbx = await openPeer(transport)
  let uri = ''
  const record = (draft: { readonly bytes: Uint8Array }) => {
    uri = /^Contact: <(sip:201@.*)>\r$/m.exec(Buffer.from(draft.bytes).toString())?.[1] ?? uri
  }
  const phone = await openPhone({
    accounts: [{ user: '201', credentials: { username: 'desk', password: 'secret' } }],
    registrar: { endpoint: pbx.local, transport, domain: 'pbx.example.com' },
    contract: contractOf('sinch/eu'),
    world,
    ticker,
    timers,
    bind,
    advertise: undefined,
    rtpPorts,
    loopbackOnly: true,
    patienceMs: 200,
    record: {
      signalling: (draft) => {
        record(draft)
        return { ...draft, number: 0, timeMs: 0 }
      },
      media: (draft) => ({ ...draft, number: 0, timeMs: 0 }),
    },
  })
  opened.push(phone.close, pbx.close)
  return { phone, pbx, uri: () => uri }
}

/** UDP ports that this process has open. */
export const openPorts = (): number => process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap').length

export const direction = (message: Message): string | undefined => {
  const sdp = parseSdp(message.body)
  const [audio] = sdp.ok ? sdp.value.media : []
  return sdp.ok && audio !== undefined ? directionOf(sdp.value, audio) : undefined
}

/** Where the phone is called: it says so itself, in what it sends. */
export const called = async (given?: Given) => {
  const { phone, pbx, uri } = await behind(given)
  void phone.register()
  pbx.ua.respond((await pbx.next('request')).tx, 200, { cause: 'test' })
  const destination = { address: bind, port: Number(/:([0-9]+)(?:;|$)/.exec(uri())?.[1]) }
  const from = 'sip:+46733478561@pbx.example.com'
  const call = () =>
    pbx.ua.request({
      cause: 'test',
      method: 'INVITE',
      requestUri: uri(),
      from,
      to: uri(),
      destination,
      ...offer(9),
    })
  return { phone, pbx, uri, destination, call }
}

/** A range of RTP ports in which none is free. */
export const takenPorts = async (): Promise<PortRange> => {
  const { ports, close } = await takePorts()
  opened.push(close)
  return ports
}
