import { networkInterfaces } from 'node:os'

const addresses = Object.values(networkInterfaces()).flatMap((of) => of?.map(({ address }) => address) ?? [])

/** Loopback of both families, and whether this machine has it: containers often lack IPv6. */
export const loopbacks = ['127.0.0.1', '::1'].map((address) => ({ address, absent: !addresses.includes(address) }))
