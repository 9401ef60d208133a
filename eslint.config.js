import lit from 'eslint-plugin-lit';
import wc from 'eslint-plugin-wc';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Forbids imports from the named folders.
 * @param {string[]} folders @param {string} message @returns {import('eslint').Linter.RulesRecord}
 */
const notFrom = (folders, message) => ({
  'no-restricted-imports': [
    'error',
    { patterns: [{ group: folders.map((folder) => `**/${folder}/**`), message }] },
  ],
});

const pure = 'core is pure: take it as an argument.';

export default defineConfig(
  globalIgnores(['dist/', '.data/', '.wrangler/', 'coverage/', 'edge/worker-configuration.d.ts']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // A file of one type reads the same either way; unions need `type`.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
    },
  },
  {
    // With types: what a reader cannot see and a test rarely catches.
    files: ['core/**/*.ts', 'widget/**/*.ts', 'admin/**/*.ts'],
    ignores: ['admin/sw/**'],
    languageOptions: { parserOptions: { project: './tsconfig.browser.json' } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['admin/sw/**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.worker.json' } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
  {
    files: ['edge/**/*.ts', 'test/edge/**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.edge.json' } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/edge/**'],
    languageOptions: { parserOptions: { project: './tsconfig.node.json' } },
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
  {
    files: ['widget/**/*.ts', 'admin/**/*.ts'],
    extends: [
      /** @type {any} */ (lit.configs)['flat/recommended'],
      /** @type {any} */ (wc.configs)['flat/recommended'],
    ],
  },
  {
    files: ['core/**/*.ts'],
    rules: {
      ...notFrom(['widget', 'edge', 'admin', 'test'], 'core imports nothing but core.'),
      'no-restricted-globals': [
        'error',
        ...['fetch', 'performance', 'setTimeout', 'setInterval'].map((name) => ({
          name,
          message: pure,
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: pure },
        { object: 'Math', property: 'random', message: pure },
        // Digests and signatures are pure; only what is random is not.
        { object: 'crypto', property: 'getRandomValues', message: pure },
        { object: 'crypto', property: 'randomUUID', message: pure },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: pure },
      ],
    },
  },
  { files: ['widget/**/*.ts'], rules: notFrom(['edge', 'admin', 'test'], 'widget imports core only.') },
  { files: ['edge/**/*.ts'], rules: notFrom(['widget', 'admin', 'test'], 'edge imports core only.') },
  { files: ['admin/**/*.ts'], rules: notFrom(['edge', 'widget', 'test'], 'admin imports core only.') },
  {
    files: ['**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.recommended],
    rules: { '@typescript-eslint/ban-ts-comment': ['error', { 'ts-nocheck': 'allow-with-description' }] },
  },
);
