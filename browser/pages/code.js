/**
 * The reply code: shown once, when the report is stored, and then nowhere else.
 *
 * @module
 */

import { feedbackOwed, receiptOwed } from "../protocol/days.js";
import { guard } from "./memory.js";
import { language } from "./review.js";
import { showPart, tell } from "./screen.js";
import { day, say } from "./words.js";

/**
 * Show the code in place of everything else.
 *
 * @param {readonly string[]} words
 * @param {import("../protocol/channel_card.js").ChannelCard} card
 * @param {string} filed the day of the report
 * @param {string} [home] the site's host, where the page does not come from it
 */
export function showCode(words, card, filed, home = location.host) {
  const written = say("written");
  showPart("code-part", {
    channel: card.texts[language()].name,
    receipt: day(receiptOwed(filed)),
    feedback: day(feedbackOwed(filed)),
  });
  const link = document.getElementById("mailbox");
  const address = document.querySelector("[data-slot=address]");
  if (address) address.textContent = home + (link?.getAttribute("href") ?? "");
  // The page's words have done their work, and the list of the code takes their name.
  for (const part of document.querySelectorAll("template")) part.remove();
  document.getElementById("words")?.append(
    ...words.map((word) => {
      const item = document.createElement("li");
      item.textContent = word;
      return item;
    }),
  );
  guard(true);
  document.querySelector("[data-act=written]")?.addEventListener("click", () => {
    guard(false);
    tell(written);
  });
}
