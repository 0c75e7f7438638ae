// Builds everything a page loads into assets/dist/: one style sheet, the scripts, one sheet of
// icons, each with its compressed twin for WhiteNoise. The same input gives the same bytes.
// Fails when a page would weigh more than the budget below: people work on slow lines.
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const modules = join(root, "node_modules");
const dist = join(here, "dist");

const KIB = 1024;
const APART = { "sealed.js": 64 * KIB, "open-handoff.html": 64 * KIB };
const BUDGET = { "app.css": 25 * KIB, all: 100 * KIB }; // leaves 50 KiB of 150 for the page itself

// Built beside its place and moved there whole: a server running meanwhile never sees half of it.
const fresh = await mkdtemp(join(here, ".building-"));
process.on("exit", () => rmSync(fresh, { recursive: true, force: true }));

async function style() {
  const built = compile(join(here, "scss", "app.scss"), {
    style: "compressed",
    loadPaths: [modules],
    charset: false,
    // Bootstrap 5.3 is written in the older Sass dialect; nothing here can change that.
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
    quietDeps: true,
  });
  const small = await transform(built.css, { loader: "css", minify: true, legalComments: "none" });
  return small.code;
}

async function script(name) {
  const source = await readFile(join(here, "js", name), "utf8");
  const small = await transform(source, { minify: true, target: "es2020", legalComments: "none" });
  return small.code;
}

// A script with what it imports, for the pages that need it. No eval, whatever comes in.
async function bundle(name) {
  const built = await build({
    entryPoints: [join(here, "js", name)],
    bundle: true,
    format: "iife",
    minify: true,
    target: "es2022",
    legalComments: "none",
    write: false,
  });
  const code = built.outputFiles[0].text;
  if (/\beval\(|new Function\(|<\/script/.test(code)) throw new Error(`${name} would need eval`);
  return code;
}

// One page with everything in it: opens sealed handoffs where there is no network.
async function opener() {
  const [page, css, code] = await Promise.all([
    readFile(join(here, "opener.html"), "utf8"),
    readFile(join(here, "opener.css"), "utf8"),
    bundle("opener.js"),
  ]);
  const style = (await transform(css, { loader: "css", minify: true })).code;
  const hash = (text) => `sha256-${createHash("sha256").update(text).digest("base64")}`;
  const parts = { STYLE: style, SCRIPT: code, STYLE_HASH: hash(style), SCRIPT_HASH: hash(code) };
  return page.replace(/\{\{([A-Z_]+)\}\}/g, (_all, name) => parts[name]);
}

async function icons() {
  const names = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const symbols = [];
  for (const file of [...new Set(Object.values(names))].sort()) {
    const svg = await readFile(join(modules, "bootstrap-icons", "icons", `${file}.svg`), "utf8");
    const box = /viewBox="([^"]+)"/.exec(svg)[1];
    const drawing = svg
      .slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"))
      .replace(/\s*\n\s*/g, "");
    symbols.push(`<symbol id="${file}" viewBox="${box}">${drawing}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

async function put(name, text) {
  const bytes = Buffer.from(text);
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  await Promise.all([
    writeFile(join(fresh, name), bytes),
    writeFile(join(fresh, `${name}.gz`), gzip),
    writeFile(join(fresh, `${name}.br`), brotli),
  ]);
  console.log(`${name.padEnd(14)} ${String(bytes.length).padStart(7)} bytes, ${gzip.length} gzipped`);
  return [name, gzip.length];
}

const sizes = new Map([
  await put("app.css", await style()),
  await put("app.js", await script("app.js")),
  await put("passkey.js", await script("passkey.js")),
  await put("htmx.min.js", await readFile(join(modules, "htmx.org", "dist", "htmx.min.js"))),
  await put("icons.svg", await icons()),
  await put("tab.svg", await readFile(join(here, "tab.svg"))),
]);

// Loaded by two pages of a partner's desk, or downloaded: not part of what every page weighs.
const apart = new Map([
  await put("sealed.js", await bundle("sealed.js")),
  await put("open-handoff.html", await opener()),
]);

await chmod(fresh, 0o755);
await rm(dist, { recursive: true, force: true });
await rename(fresh, dist);

sizes.set("all", [...sizes.values()].reduce((sum, size) => sum + size, 0));
for (const [name, most] of Object.entries({ ...BUDGET, ...APART })) {
  const weighs = sizes.get(name) ?? apart.get(name);
  if (weighs > most) {
    console.error(`${name} weighs ${weighs} bytes gzipped; the budget is ${most}.`);
    process.exitCode = 1;
  }
}
