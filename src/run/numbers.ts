import type { DialExample, Numbers } from '../profile/contract.ts'

/**
 * Numbers of an embedded run, given to both sides: what each does when it is called stands in `embedded/`. All lie in
 * ranges that regulators keep for fiction (+1 … 555 01xx, +44 7700 900xxx), so that none can ring anywhere.
 */
export const embeddedNumbers: Numbers = {
  callee: '+12025550100',
  callerId: '+447700900123',
  foreign: '+447700900999',
  malformed: '0012025550100',
  did: '+12025550142',
  unassigned: '+12025550199',
  busy: '+12025550101',
  rings: '+12025550102',
  noAnswer: '+12025550103',
  earlyMedia: '+12025550104',
  hangsUp: '+12025550105',
  rejects: '+12025550106',
  congested: '+12025550107',
  loop: '+12025550150',
  didBusy: '+12025550143',
  didUnassigned: '+12025550144',
  didRejects: '+12025550145',
  didCongested: '+12025550146',
}

/** The phone behind the embedded PBX, which stands in Great Britain, and what it dials. */
export const embeddedPhone: { readonly extension: string; readonly dialPlan: readonly DialExample[] } = {
  extension: '201',
  dialPlan: [
    { dials: '0012025550150', sends: '+12025550150' },
    { dials: '07700900456', sends: '+447700900456' },
  ],
}
