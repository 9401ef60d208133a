/** What Vite turns into modules besides TypeScript. */
declare module '*.css?inline' {
  const text: string;
  export default text;
}
declare module '*.json?emoji' {
  /** Rows of group number, emoji, and the words to find it by. */
  const rows: [group: number, emoji: string, words: string][];
  export default rows;
}
interface ImportMeta {
  /** The modules that these patterns find, by their paths from `base`, each with how to fetch it. */
  glob<Module>(patterns: string[], options: { base: string }): Record<string, () => Promise<Module>>;
}
