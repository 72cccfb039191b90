type Ink = (text: string) => string

/** Colours as an argument: a chalk instance is one, `noPaint` none. */
export type Paint = {
  readonly bold: Ink
  readonly dim: Ink
  readonly red: Ink
  readonly green: Ink
  readonly yellow: Ink
  readonly cyan: Ink
}

const as: Ink = (text) => text

export const noPaint: Paint = { bold: as, dim: as, red: as, green: as, yellow: as, cyan: as }
