import js from '@eslint/js'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import importX from 'eslint-plugin-import-x'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

const SCREENS = ['catalogue', 'model', 'chat', 'running', 'computer', 'ledger', 'requests', 'unlock']

/** Who may not import whom. The arrows of ui/: shared <- parts <- screens; format and text stand alone. */
const zones = [
  {
    target: './src/shared',
    from: ['./src/screens', './src/parts', './src/lib', './src/text'],
    message: 'shared knows no domain word: hand texts and values in.',
  },
  {
    target: './src/lib/format',
    from: ['./src/screens', './src/parts', './src/shared', './src/lib/state', './src/lib/backend'],
  },
  { target: './src/lib', from: ['./src/screens', './src/parts', './src/shared'] },
  { target: './src/text', from: ['./src/screens', './src/parts', './src/shared', './src/lib/state'] },
  { target: './src/parts', from: './src/screens' },
  ...SCREENS.map((screen) => ({
    target: `./src/screens/${screen}`,
    from: './src/screens',
    except: [`./${screen}`],
    message: 'Screens do not import each other: move what they share into parts.',
  })),
]

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/lib/backend/bindings.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    plugins: { 'import-x': importX },
    languageOptions: {
      globals: { ...globals.browser },
      // Also for plain .ts files: import-x parses what they import with their options.
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] },
    },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'], 'svelte-eslint-parser': ['.svelte'] },
      'import-x/extensions': ['.ts', '.js', '.svelte'],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@tauri-apps/*'], message: 'Only src/lib/backend speaks to Tauri.' }] },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
    rules: {
      // A false alarm on $state fields that are declared and assigned once.
      'prefer-const': 'off',
      'svelte/require-each-key': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/button-has-type': 'error',
      'svelte/no-target-blank': 'error',
      // In-window links are hashes of our own; there is no SvelteKit router to resolve them.
      'svelte/no-navigation-without-resolve': 'off',
      'no-restricted-syntax': [
        'error',
        ...[
          // What stands between tags.
          ':not(SvelteStyleElement) > SvelteText[value=/[A-Za-z]{2,}/]',
          // What is read out or shown by an attribute or a property.
          'SvelteAttribute[key.name=/^(aria-(label|description|roledescription|valuetext)|title|placeholder|alt|label|text|sub|yes|no)$/] > SvelteLiteral[value=/[A-Za-z]/]',
          // Two words in an expression are a sentence, except in the names of classes.
          'SvelteMustacheTag Literal[value=/[A-Za-z]{2,} [A-Za-z]{2,}/]',
          'SvelteMustacheTag TemplateElement[value.raw=/[A-Za-z]{3,} [a-z]{2,}/]',
          'SvelteScriptElement Literal[value=/^[A-Z][a-z]+ [a-z]{2,}/]',
          'SvelteScriptElement TemplateElement[value.raw=/[A-Z][a-z]+ [a-z]{2,} /]',
        ].map((selector) => ({ selector, message: 'Sentences live in src/text/, in every language.' })),
      ],
    },
  },
  {
    files: ['src/lib/backend/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['tests/**', '*.ts', '*.js'],
    languageOptions: { globals: { ...globals.node } },
    // A test that finds nothing must fail loudly; `!` does.
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
)
