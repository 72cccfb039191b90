/**
 * ITU-T Q.850 causes that a status stands for: RFC 3398 §8.2.6.1 (status to cause, with what §8.2.6.1 says of Warning) and
 * §7.2.4.1 (cause to status) together.
 */
const byStatus: Readonly<Record<number, readonly number[]>> = {
  301: [22],
  400: [41],
  401: [21],
  402: [21],
  403: [21, 55, 57, 87],
  404: [1, 2, 3, 26],
  405: [63],
  406: [79],
  407: [21],
  408: [102, 18],
  410: [22, 23],
  413: [127],
  414: [127],
  415: [79],
  416: [127],
  420: [127],
  421: [127],
  423: [127],
  480: [18, 19, 20, 31],
  481: [41],
  482: [25],
  483: [25],
  484: [28],
  485: [1],
  486: [17],
  488: [31, 65, 70],
  500: [41, 111, 127],
  501: [79, 29],
  502: [38, 27],
  503: [41, 34, 38, 42, 47, 58, 88],
  504: [102, 127],
  505: [127],
  513: [127],
  600: [17],
  603: [21],
  604: [1],
  606: [31, 65],
}

/** Causes that say no more than that the call has ended: normal call clearing, normal unspecified, interworking. */
const unspecific = [16, 31, 127]

/** `undefined` where the tables are silent of that status. */
export const causesOf = (status: number): readonly number[] | undefined => byStatus[status]

export const isUnspecific = (cause: number): boolean => unspecific.includes(cause)
