// Prints which Chromium the tests can use: a path, or an empty line for Playwright's own. Exits with 1 if none starts.
// It starts each one, because a browser that is there may still lack its libraries, or be a stub that wants a snap.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";
import { browserArguments } from "../end2end/browser.mjs";

const names = ["chromium", "google-chrome", "google-chrome-stable", "chromium-browser"];
const onPath = names.flatMap((name) => process.env.PATH.split(delimiter).map((folder) => join(folder, name)));
const onMac = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

const wanted = process.env.NOREN_CHROMIUM;
const candidates = wanted ? [wanted] : [chromium.executablePath(), ...new Set([...onPath, ...onMac].filter(existsSync))];

for (const path of candidates) {
  const executablePath = path === chromium.executablePath() ? undefined : path;
  try {
    await (await chromium.launch({ executablePath, args: browserArguments, timeout: 20_000 })).close();
    console.log(executablePath ?? "");
    process.exit(0);
  } catch {
    // The next one, then.
  }
}
process.exit(1);
