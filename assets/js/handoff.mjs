// Opens the sealed file of a handoff: decrypts it, checks its sender's signature, every digest, whom
// it was made for and whether it has expired. The same checks as handoffs/offline/verify_handoff.py.
// Used by the partner's desk, by the page that opens files without a network, and by tests in node.
import { Decrypter, identityToRecipient } from "age-encryption";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";

export const FORMAT = "liwanag.handoff/2";
const MANIFEST = "manifest.json";
const NOTE = "manifest.note";
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

// `reason` is a code; the page that shows it has the words.
export class Refused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

const utf8 = (bytes) => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused("form");
  }
};
const bytesOf = (text) => new TextEncoder().encode(text);
export const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
export const digest = (bytes) => hex(sha256(bytes));
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

function from64(text) {
  try {
    const raw = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    if (to64(raw) === text) return raw;
  } catch {
    // Said below.
  }
  throw new Refused("form");
}
const to64 = (bytes) => btoa(String.fromCharCode(...bytes));

// name → bytes of a ZIP whose members are stored as they are; anything else is refused.
export function unzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 22;
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) throw new Refused("form");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const members = new Map();
  for (let number = 0; number < count; number += 1) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) throw new Refused("form");
    const method = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 24, true);
    const nameLength = view.getUint16(at + 28, true);
    const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const start = view.getUint32(at + 42, true);
    const name = utf8(bytes.subarray(at + 46, at + 46 + nameLength));
    if (method !== 0 || size !== view.getUint32(at + 20, true)) throw new Refused("form");
    if (!SAFE_NAME.test(name) || members.has(name)) throw new Refused("form");
    if (start + 30 > end || view.getUint32(start, true) !== 0x04034b50) throw new Refused("form");
    const from = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
    if (from + size > end) throw new Refused("form");
    members.set(name, bytes.subarray(from, from + size));
    at += 46 + nameLength + rest;
  }
  return members;
}

function checkSignature(note, manifest, raw) {
  const text = `${FORMAT}\n${manifest.reference}\n${to64(sha256(raw))}\n`;
  const parts = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(manifest.sender.key);
  const material = parts ? from64(parts[3]) : new Uint8Array();
  if (material.length !== 33 || material[0] !== 1) throw new Refused("signature");
  const keyId = sha256(new Uint8Array([...bytesOf(`${parts[1]}\n`), ...material])).subarray(0, 4);
  if (hex(keyId) !== parts[2]) throw new Refused("signature");
  if (!note.startsWith(`${text}\n`) || !note.endsWith("\n")) throw new Refused("signature");
  const lines = note.slice(text.length + 1, -1).split("\n");
  const good = lines.some((line) => {
    const said = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line);
    if (!said || said[1] !== parts[1]) return false;
    const blob = from64(said[2]);
    if (blob.length !== 68 || !same(blob.subarray(0, 4), keyId)) return false;
    return ed25519.verify(blob.subarray(4), bytesOf(text), material.subarray(1), { zip215: false });
  });
  if (!good) throw new Refused("signature");
}

function readManifest(members) {
  try {
    const manifest = JSON.parse(utf8(members.get(MANIFEST)));
    if (manifest.format !== FORMAT) throw new Refused("newer");
    const named = [MANIFEST, NOTE, ...Object.keys(manifest.files)];
    const texts = [manifest.reference, manifest.expires_on, manifest.sender.key, manifest.archive];
    const whole = [...texts, ...manifest.receiver.recipients].every((one) => typeof one === "string");
    if (!whole || !/^\d{4}-\d\d-\d\d$/.test(manifest.expires_on)) throw new Refused("form");
    if (named.length !== members.size || !named.every((name) => members.has(name))) {
      throw new Refused("form");
    }
    return manifest;
  } catch (problem) {
    throw problem instanceof Refused ? problem : new Refused("form");
  }
}

// bytes: the file. identity: "AGE-SECRET-KEY-1…". key: the sender's public key, or those of which
// one has to be it with spaces between them; "" where unknown.
// today: "2026-11-29". Gives { manifest, files: Map, readable, proven }; throws Refused.
export async function openHandoff(bytes, { identity, key = "", today }) {
  let inside;
  let own;
  try {
    own = await identityToRecipient(identity);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    inside = await decrypter.decrypt(bytes);
  } catch {
    throw new Refused("key");
  }
  const members = unzip(inside);
  const manifest = readManifest(members);
  const known = key.split(/\s+/).filter(Boolean);
  if (known.length > 0 && !known.includes(manifest.sender.key)) throw new Refused("sender");
  checkSignature(utf8(members.get(NOTE)), manifest, members.get(MANIFEST));
  const files = new Map();
  for (const [name, said] of Object.entries(manifest.files)) {
    const content = members.get(name);
    if (content.length !== said.size || digest(content) !== said.sha256) throw new Refused("changed");
    files.set(name, content);
  }
  if (![...manifest.receiver.recipients, manifest.archive].includes(own)) throw new Refused("desk");
  if (today > manifest.expires_on) throw new Refused("expired");
  let readable;
  try {
    readable = JSON.parse(utf8(files.get("readable.json")));
  } catch {
    throw new Refused("form");
  }
  return { manifest, files, readable, proven: known.length > 0 };
}
