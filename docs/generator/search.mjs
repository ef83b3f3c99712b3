// Asks the site's own search, as the theme's worker answers it in a browser: node search.mjs SITE QUERY …
// Prints a JSON object of each query's pages, best first.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";

const [site, ...queries] = process.argv.slice(2);
const workers = join(site, "assets", "javascripts", "workers");
const worker = readdirSync(workers).find((name) => /^search\..*\.min\.js$/.test(name));
const { config, docs } = JSON.parse(readFileSync(join(site, "search", "search_index.json"), "utf-8"));

let listener;
let answered;
const scope = {
    addEventListener: (type, handler) => type === "message" && (listener = handler),
    postMessage: (message) => answered(message),
    importScripts: () => {},
    console,
    location: { href: "https://site.example/" },
};
scope.self = scope;
vm.runInNewContext(readFileSync(join(workers, worker), "utf-8"), scope);

const ask = (type, data) =>
    new Promise((resolve) => {
        answered = resolve;
        listener({ data: { type, data } });
    });
await ask(0, { config, docs, options: { suggest: false } });
const found = {};
for (const query of queries) {
    const { data } = await ask(2, query);
    found[query] = data.items.map((sections) => sections[0].location.split("#")[0]);
}
console.log(JSON.stringify(found));
