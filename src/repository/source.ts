/** What no rule has to be asked about. */

const sources =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|css|s[ac]ss|less|html?|mdx?|rst|txt|svg|png|jpe?g|gif|ico|webp|avif|woff2?|ttf|eot|mp4|webm|pdf|snap|map|wasm|py|rb|php|go|rs|java|kt|swift|cs|cc?|cpp|hh?|hpp|sql|graphql|proto|csv|xml)$/i;
const named = /(?:docker|container|jenkins)file|\.husky\//i;

/** True for sources, pages and pictures: no rule on a state reads them, and in most repositories nearly all files are such. */
export function isSource(path: string): boolean {
  return sources.test(path) && !named.test(path);
}
