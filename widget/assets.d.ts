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
