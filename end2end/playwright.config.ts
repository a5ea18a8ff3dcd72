// Every specification runs twice, with JavaScript and without: the shop works without, and islands only make it nicer.
// What tests the islands themselves is named *.islands.spec.ts and runs once.
import { defineConfig, devices } from "@playwright/test";
import { browserArguments } from "./browser.mjs";

export default defineConfig({
  testDir: "./tests",
  outputDir: "./test-results",
  fullyParallel: true,
  workers: 2,
  // A test that passes at the second attempt has found something. It counts as failed.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Generous: a loaded machine is slow, and what passes does not wait.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    screenshot: "only-on-failure",
    // A trace shows every step of a failure, and recording it takes a tenth of the time: with NOREN_TRACE=1.
    trace: process.env.NOREN_TRACE === "1" ? "retain-on-failure" : "off",
    launchOptions: { executablePath: process.env.NOREN_CHROMIUM || undefined, args: browserArguments },
  },
  projects: [
    { name: "with JavaScript" },
    { name: "without JavaScript", testIgnore: /\.islands\.spec\.ts$/, use: { javaScriptEnabled: false } },
  ],
});
