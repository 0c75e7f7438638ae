// The page that opens sealed handoffs without a network: everything stands in one file.
import { Decrypter } from "age-encryption";
import { draw, showNumbers } from "./draw.mjs";
import { digest, openHandoff } from "./handoff.mjs";

const REASONS = {
  key: "It is not sealed to this key, or it was changed on its way.",
  sender: "It is signed by another sender than the one whose key you gave.",
  signature: "Its signature is not that of the sender it names.",
  changed: "Something in it is not what its sender put into it.",
  desk: "It was made for another desk than yours.",
  expired: "It has expired. Ask the sender for a new one.",
  form: "It is no package of a handoff as it was sent.",
  newer: "It has a form that this page does not know; a newer one may.",
};
const at = (id) => document.getElementById(id);

async function identityOf(text, passphrase) {
  let plain = text;
  if (!text.includes("AGE-SECRET-KEY-1") && at("identity-file").files[0]) {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    plain = await decrypter.decrypt(new Uint8Array(await at("identity-file").files[0].arrayBuffer()), "text");
  }
  const found = /AGE-SECRET-KEY-1[0-9A-Z]+/.exec(plain);
  if (!found) throw Object.assign(new Error(), { reason: "key" });
  return found[0];
}

async function open() {
  const file = at("file").files[0];
  if (!file) return (at("said").textContent = "Choose the .handoff file first.");
  at("said").textContent = "Opening…";
  at("opened").hidden = true;
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const typed = at("identity").value.trim().toUpperCase();
    const fromFile = at("identity-file").files[0] ? await at("identity-file").files[0].text() : "";
    const identity = await identityOf(typed || fromFile, at("passphrase").value);
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()]
      .map((part) => String(part).padStart(2, "0"))
      .join("-");
    const key = at("key").value.trim();
    const opened = await openHandoff(bytes, { identity, key, today });
    at("said").textContent = key
      ? "It is whole, made for you, and signed with the key you gave."
      : "It is whole and made for you. Nobody said whose key it has to be: compare the key below with the letter.";
    at("signer").textContent = opened.manifest.sender.key;
    at("fingerprint").textContent = digest(bytes);
    const covered = draw(opened.readable, at("drawn"), {
      notInIt: "Not in this package",
      inPart: "Only in part, since some of it may not leave:",
      leftOut: "Not in this package:",
    });
    at("covered").hidden = covered === 0;
    at("opened").hidden = false;
  } catch (problem) {
    at("said").textContent = `Refused. ${REASONS[problem.reason] || REASONS.key}`;
  }
}

at("open").addEventListener("click", open);
at("show").addEventListener("click", () => {
  showNumbers(at("drawn"));
  at("covered").hidden = true;
});
