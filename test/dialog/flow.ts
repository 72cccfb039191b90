import { requestFrom, responseFrom } from '../support/messages.ts'

/** Messages of RFC 3665 §3.2, without their bodies: a call through two record-routing proxies. */
const callId = 'Call-ID: 3848276298220188511@atlanta.example.com'
const alice = 'Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl'
const bob = 'Bob <sip:bob@biloxi.example.com>;tag=314159'

/** F4 as Alice sends it. */
export const sentInvite = requestFrom(
  'INVITE sip:bob@biloxi.example.com SIP/2.0',
  'Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9',
  'Max-Forwards: 70',
  'Route: <sip:ss1.atlanta.example.com;lr>',
  `From: ${alice}`,
  'To: Bob <sip:bob@biloxi.example.com>',
  callId,
  'CSeq: 2 INVITE',
  'Contact: <sip:alice@client.atlanta.example.com;transport=tcp>',
  'Proxy-Authorization: Digest username="alice", realm="atlanta.example.com",',
  ' nonce="wf84f1ceczx41ae6cbe5aea9c8e88d359", opaque="", uri="sip:bob@biloxi.example.com",',
  ' response="42ce3cef44b22f50c6a6071bc8"',
)

/** F7 as Bob receives it. */
export const receivedInvite = requestFrom(
  'INVITE sip:bob@client.biloxi.example.com SIP/2.0',
  'Via: SIP/2.0/TCP ss2.biloxi.example.com:5060;branch=z9hG4bK721e4.1',
  'Via: SIP/2.0/TCP ss1.atlanta.example.com:5060;branch=z9hG4bK2d4790.1',
  ' ;received=192.0.2.111',
  'Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9',
  ' ;received=192.0.2.101',
  'Max-Forwards: 68',
  'Record-Route: <sip:ss2.biloxi.example.com;lr>,',
  ' <sip:ss1.atlanta.example.com;lr>',
  `From: ${alice}`,
  'To: Bob <sip:bob@biloxi.example.com>',
  callId,
  'CSeq: 2 INVITE',
  'Contact: <sip:alice@client.atlanta.example.com;transport=tcp>',
)

const answer = (status: string, ...more: readonly string[]) =>
  responseFrom(
    `SIP/2.0 ${status}`,
    'Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9',
    ' ;received=192.0.2.101',
    'Record-Route: <sip:ss2.biloxi.example.com;lr>,',
    ' <sip:ss1.atlanta.example.com;lr>',
    `From: ${alice}`,
    `To: ${bob}`,
    callId,
    'CSeq: 2 INVITE',
    ...more,
  )

const bobsContact = 'Contact: <sip:bob@client.biloxi.example.com;transport=tcp>'

/** F11 and F14 as Alice receives them. */
export const ringing = answer('180 Ringing', bobsContact)
export const okay = answer('200 OK', bobsContact)
export const okayWithoutContact = answer('200 OK')

/** F15 as Alice sends it, F18 as Bob does. */
export const sentAck = requestFrom(
  'ACK sip:bob@client.biloxi.example.com SIP/2.0',
  'Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74b76',
  'Max-Forwards: 70',
  'Route: <sip:ss1.atlanta.example.com;lr>,',
  ' <sip:ss2.biloxi.example.com;lr>',
  `From: ${alice}`,
  `To: ${bob}`,
  callId,
  'CSeq: 2 ACK',
)
export const sentBye = requestFrom(
  'BYE sip:alice@client.atlanta.example.com SIP/2.0',
  'Via: SIP/2.0/TCP client.biloxi.example.com:5060;branch=z9hG4bKnashds7',
  'Max-Forwards: 70',
  'Route: <sip:ss2.biloxi.example.com;lr>,',
  ' <sip:ss1.atlanta.example.com;lr>',
  'From: Bob <sip:bob@biloxi.example.com>;tag=314159',
  `To: ${alice}`,
  callId,
  'CSeq: 1 BYE',
)

/** F20 as Alice receives it. */
export const receivedBye = requestFrom(
  'BYE sip:alice@client.atlanta.example.com SIP/2.0',
  'Via: SIP/2.0/TCP ss1.atlanta.example.com:5060;branch=z9hG4bK2d4790.1',
  'Max-Forwards: 68',
  'From: Bob <sip:bob@biloxi.example.com>;tag=314159',
  `To: ${alice}`,
  callId,
  'CSeq: 1 BYE',
)
