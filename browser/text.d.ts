/** A text file, as build.js and test/loader.js give it. */
declare module "*.txt" {
  const text: string;
  export default text;
}
