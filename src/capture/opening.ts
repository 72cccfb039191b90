import { createDuplicates } from './duplicates.ts'
import { createFlows } from './flows.ts'
import { createFragments } from './fragments.ts'
import { createLink } from './link.ts'
import { createNetwork } from './network.ts'
import type { Give, Open, Packet, Tally } from './packet.ts'
import { type Tcp, createTcp } from './tcp.ts'
import { createTransport } from './transport.ts'

export type Opening = {
  /** Opens the packet at hand from its link layer down to the frame, if it is one. */
  readonly open: Open
  /** Gives what still waits. */
  readonly finish: () => void
}

/** The layers, one inside of the other. */
export const createOpening = (packet: Packet, tally: Tally, give: Give): Opening => {
  const flows = createFlows(packet, (flow) => tcp.drop(flow))
  const tcp: Tcp = createTcp(packet, tally, flows, give)
  const fragments = createFragments(packet, tally)
  const transport = createTransport(packet, tally, flows, tcp.open, give)
  const network = createNetwork(packet, tally, createDuplicates(packet), fragments, transport)
  return {
    open: createLink(packet, tally, network),
    finish: () => {
      tcp.finish()
      fragments.finish()
    },
  }
}
