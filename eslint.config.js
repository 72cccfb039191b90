import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** Folders without I/O, clock or randomness: time, tokens and sockets reach them as arguments. */
const pure = [
  'core',
  'sip',
  'sdp',
  'rtp',
  'tls',
  'locate',
  'capture',
  'transaction',
  'dialog',
  'session',
  'observation',
  'profile',
  'config',
  'check',
  'scenario',
  'report',
].map((folder) => `src/${folder}/**/*.ts`)

const sockets = ['dgram', 'net', 'tls', 'dns', 'dns/promises', 'http', 'https', 'http2']
const entropy = ['randomBytes', 'randomInt', 'randomUUID', 'randomFill', 'randomFillSync', 'webcrypto', 'default']

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'reports/', 'fixtures/', 'node_modules/'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-exports': 'error',
      // `import type { A }` and `import { type A, b }` both vanish under verbatimModuleSyntax.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // `const { bytes: _bytes, ...rest } = frame` is how a field is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // A number in a sentence reads as itself; anything else must be spelt out.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `(x) => list.push(x)` as a callback is clear enough; a void value that is used is not.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      // `void promise` and `() => void x()` say that the result is dropped on purpose.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'func-style': ['error', 'expression'],
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name, so that a word is the same everywhere.' },
        { selector: 'ExportAllDeclaration', message: 'No barrel files: import from the file that says it.' },
      ],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      'object-shorthand': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', 400],
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: [
            ...sockets
              .flatMap((name) => [name, `node:${name}`])
              .map((name) => ({ name, message: 'Only src/net opens sockets or asks the DNS.' })),
            { name: 'node:crypto', importNames: entropy, message: 'Hashes are pure; entropy is a Token from src/net.' },
          ],
        },
      ],
    },
  },
  { files: ['src/net/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: pure,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate', 'performance', 'process', 'fetch', 'crypto'].map((name) => ({
          name,
          message: 'This folder is pure: take time, tokens and the outside world as arguments.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Take a Token as an argument.' },
        { object: 'Date', property: 'now', message: 'Take a Clock as an argument.' },
      ],
    },
  },
  {
    // A check is found by listing its folder and taking the default export; tools want the same of their configuration.
    files: ['src/check/checks/*.ts', '*.config.ts', '*.config.js'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // A test that indexes past the end should stop right there: the assertion is the shortest way to say so.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `expect.any()` and parsed output of other programs are `any`; the comparison that follows proves their shape.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
)
