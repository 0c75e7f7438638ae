// node open_handoff.mjs FILE IDENTITY-FILE [SENDER-VKEY]: the page's own checks, in a terminal.
import { readFile } from "node:fs/promises";
import { openHandoff } from "../../assets/js/handoff.mjs";

const [file, identityFile, key = ""] = process.argv.slice(2);
const identity = (await readFile(identityFile, "utf8"))
  .split("\n")
  .find((line) => line.startsWith("AGE-SECRET-KEY-1"))
  .trim();
try {
  const opened = await openHandoff(new Uint8Array(await readFile(file)), {
    identity,
    key,
    today: new Date().toISOString().slice(0, 10),
  });
  const files = Object.fromEntries(
    [...opened.files].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]),
  );
  process.stdout.write(JSON.stringify({ manifest: opened.manifest, files }));
} catch (problem) {
  process.stderr.write(`REFUSED: ${problem.reason ?? problem.message}\n`);
  process.exitCode = 1;
}
