// Unpacks the browser that @sparticuz/chromium carries into the folder named on the command line,
// with a `chromium` script that points it at its own libraries and fonts.
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";
import { extract } from "tar-fs";

const target = process.argv[2];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packed = join(root, "node_modules", "@sparticuz", "chromium", "bin");

const unpack = (name, into) =>
  pipeline(createReadStream(join(packed, name)), createBrotliDecompress(), into);

await mkdir(target, { recursive: true });
await unpack("chromium.br", createWriteStream(join(target, "chromium-bin"), { mode: 0o755 }));
await unpack("swiftshader.tar.br", extract(target));
await unpack("fonts.tar.br", extract(join(target, "fonts")));
// Its own list of fonts names folders of the cloud it was made for.
await writeFile(
  join(target, "fonts", "fonts.conf"),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`,
);
await unpack("al2023.tar.br", extract(join(target, "al2023")));

const script = join(target, "chromium");
await writeFile(
  script,
  `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH="$here/al2023/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export LD_LIBRARY_PATH
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="$here/fonts"
exec "$here/chromium-bin" "$@"
`,
);
await chmod(script, 0o755);
