import type { Transport } from '../core/frame.ts'
import { type TcpOptions, type TcpSocket, openTcp } from './tcp.ts'
import { type UdpSocket, openUdp } from './udp.ts'

/** What a user agent sends and receives messages by. */
export type SipSocket = UdpSocket | TcpSocket

export const openSipSocket = (transport: Transport, options: TcpOptions): Promise<SipSocket> =>
  transport === 'tcp' ? openTcp(options) : openUdp(options)
