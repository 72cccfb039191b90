import { inCidr, scopeOf } from '../core/address.ts'
import type { Contract } from '../profile/contract.ts'

const words = ['unspecified', 'loopback', 'link-local', 'private', 'public'] as const

/** How far an address reaches: the higher, the farther. Addresses for documentation stand for public ones. */
const reach = {
  unspecified: 0,
  loopback: 1,
  'link-local': 2,
  private: 3,
  multicast: 4,
  documentation: 4,
  public: 4,
} as const

/** Blocks that count as public come from the contract, where there is one. */
export const reachOf = (address: string, contract: Pick<Contract, 'publicAddresses'> | undefined): number =>
  contract?.publicAddresses.some((block) => inCidr(address, block)) === true ? reach.public : reach[scopeOf(address)]

/** `private`, for a reach as `reachOf` gives it. */
export const showReach = (value: number): string => words[value] ?? 'public'
