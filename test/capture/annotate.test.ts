import { describe, expect, test } from 'vitest'
import { annotate } from '../../src/capture/annotate.ts'
import { readOwnCapture } from '../../src/capture/own.ts'
import { file, frameComments, frames } from './sample.ts'

const commentsOf = (bytes: Uint8Array) => {
  const capture = readOwnCapture(bytes)
  return capture.ok ? capture.value.frames.map(({ comments }) => comments) : capture.fault
}

describe('annotate', () => {
  const added = new Map([
    [1, ['first']],
    [2, ['third', 'fourth']],
    [6, ['last']],
    [99, ['of no frame']],
  ])
  const annotated = annotate(file, added, 'judged')

  test('adds comments after those that are there, and one to the section', () => {
    expect(commentsOf(annotated)).toEqual(
      frames.map(({ number }) => [
        ...(frameComments.get(number) ?? []),
        ...(number < 99 ? (added.get(number) ?? []) : []),
      ]),
    )
    expect(readOwnCapture(annotated)).toMatchObject({
      value: { sectionComment: '{"profile":"sinch/eu"}', annotations: ['judged'] },
    })
  })
  test('changes no frame', () => {
    const read = readOwnCapture(annotated)
    expect(read.ok && read.value.frames.map(({ frame }) => frame)).toEqual(frames)
  })
  test('without comments gives the same bytes', () => {
    expect(annotate(file, new Map())).toEqual(file)
  })
  test('keeps a cut tail as it is', () => {
    const cut = file.slice(0, file.length - 10)
    const tail = annotate(cut, added).slice(-40)
    expect(tail).toEqual(cut.slice(-40))
  })
  test('gives bytes that are no capture back', () => {
    const text = new TextEncoder().encode('this is not a capture')
    expect(annotate(text, added, 'judged')).toEqual(text)
  })
})
