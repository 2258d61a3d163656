/** What a page reads of an answer has an end, whatever the server does. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { fetchPage } from "../pages/adopt.js";
import { readAtMost } from "../pages/bounded.js";
import { get, handIn, post } from "../pages/send.js";

const PIECE = 1000;
const { fetch } = globalThis;
let taken = 0;
let isClosed = false;

afterEach(() => {
  globalThis.fetch = fetch;
});

/** A body that goes on for ever. */
function endless() {
  [taken, isClosed] = [0, false];
  return new Response(
    new ReadableStream({
      pull(controller) {
        taken += PIECE;
        controller.enqueue(new Uint8Array(PIECE));
      },
      cancel() {
        isClosed = true;
      },
    }),
  );
}

/** @param {Response} response */
function answering(response) {
  globalThis.fetch = () => Promise.resolve(response);
}

test("a body is read whole when it is as long as it may be, and not at all beyond", async () => {
  const bytes = Uint8Array.from({ length: 6 }, (_, at) => at);
  assert.deepEqual(await readAtMost(new Response(bytes), 6), bytes);
  assert.equal(await readAtMost(new Response(bytes), 5), null);
  assert.deepEqual(await readAtMost(new Response(null), 6), new Uint8Array());
});

test("an endless answer is given up at once, and its line is closed", async () => {
  answering(endless());
  assert.equal(await post("/sealed/mailbox", new Uint8Array(33), 32_768), null);
  assert.ok(isClosed && taken <= 32_768 + 2 * PIECE);
  answering(endless());
  assert.equal(await get("/cards", 2 ** 20), null);
  assert.ok(isClosed && taken <= 2 ** 20 + 2 * PIECE);
  answering(endless());
  assert.equal(await fetchPage("/en/report/x"), null);
  assert.ok(isClosed && taken <= 2 ** 21 + 2 * PIECE);
});

test("what was handed in is answered by six bytes or by none", async () => {
  answering(new Response(Uint8Array.of(77, 75, 65, 78, 1, 0)));
  assert.equal((await handIn("/sealed/report", new Uint8Array())).code, 0);
  answering(new Response(Uint8Array.of(77, 75, 65, 78, 1, 0, 0)));
  assert.equal((await handIn("/sealed/report", new Uint8Array())).code, null);
  answering(endless());
  assert.equal((await handIn("/sealed/report", new Uint8Array())).code, null);
  assert.ok(isClosed && taken <= 3 * PIECE);
});
