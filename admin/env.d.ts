/** What Vite makes of imports that are not code. */
declare module '*.svg?raw' {
  const source: string;
  export default source;
}
declare module '*.svg?url' {
  const url: string;
  export default url;
}
declare module '*.json?url' {
  const url: string;
  export default url;
}
declare module '*.css' {}
