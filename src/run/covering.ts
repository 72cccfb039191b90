import { coverageJson, coverageMarkdown, coverageText } from '../report/coverage.ts'
import { faultLines, readCatalogue } from './catalogue.ts'
import { coverageOf } from './coverage.ts'
import { readRequirements } from './requirements.ts'

const forms = { json: coverageJson, markdown: coverageMarkdown, text: coverageText }

/** The document, or what is wrong with the catalogue. */
export const coverage = async (form: keyof typeof forms): Promise<{ readonly ok: boolean; readonly text: string }> => {
  const catalogue = await readCatalogue()
  if (!catalogue.ok) return { ok: false, text: faultLines(catalogue.faults) }
  const rows = coverageOf({ ...catalogue.value, requirements: readRequirements() })
  return { ok: true, text: forms[form](rows) }
}
