// Draws a package in words (readable.json) with plain nodes: no markup from a package is ever read.
export const COVER = "••••";

const node = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

function facts(list) {
  const all = node("dl", "facts facts-columns");
  for (const { label, value, guarded } of list) {
    const pair = node("div");
    const said = node("dd", "", guarded ? COVER : value);
    if (guarded) said.guardedValue = value;
    pair.append(node("dt", "", label), said);
    all.append(pair);
  }
  return all;
}

// Draws `readable` into `place`; words: { notInIt, inPart, leftOut }. Returns how many numbers are covered.
export function draw(readable, place, words) {
  place.replaceChildren();
  place.append(facts(readable.outside));
  for (const section of readable.sections) {
    const part = node("section", "section");
    part.append(node("h3", "", section.title));
    if (section.facts.length) part.append(facts(section.facts));
    for (const entry of section.entries) {
      const one = node("div", "section");
      one.append(node("h4", "", entry.title));
      if (entry.sub) one.append(node("p", "quiet small", entry.sub));
      if (entry.facts.length) one.append(facts(entry.facts));
      for (const { label, value } of entry.texts) {
        one.append(node("p", "quiet small", label));
        for (const paragraph of value.split(/\n{2,}/)) one.append(node("p", "measure lines", paragraph));
      }
      part.append(one);
    }
    if (section.empty) part.append(node("p", "quiet", section.empty));
    place.append(part);
  }
  if (readable.kept_back) {
    // What is not in it, and why where that may be said.
    const list = readable.kept_back.map(({ what, why }) => ({ label: what, value: why }));
    const part = node("section", "section");
    part.append(node("h3", "", words.notInIt), facts(list));
    place.append(part);
  } else {
    // A package of before.
    const said = (lead, list) =>
      list.length && place.append(node("p", "quiet small mt-3", `${lead} ${list.join(", ")}.`));
    said(words.inPart, readable.in_part);
    said(words.leftOut, readable.left_out);
    place.append(node("p", "quiet small mt-3", readable.never_inside));
  }
  return [...place.querySelectorAll("dd")].filter((one) => one.guardedValue !== undefined).length;
}

export function showNumbers(place) {
  for (const one of place.querySelectorAll("dd")) {
    if (one.guardedValue !== undefined) one.textContent = one.guardedValue;
  }
}
