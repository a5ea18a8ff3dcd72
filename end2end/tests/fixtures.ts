// A shop of its own for every test: the real program, on ports of its own, with an empty database and the simulator of the
// payment providers. `import { test, expect } from "./fixtures"`, then ask for `shop`.
//
// The shop is at http://localhost, the simulator at http://127.0.0.1: two sites for a browser, so cookies obey the rules
// that hold between a shop and a payment provider.
import { test as base, expect } from "@playwright/test";
import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export { expect };

const root = resolve(import.meta.dirname, "../..");
const binary = resolve(root, process.env.NOREN_BINARY || "target/debug/noren");

type Settings = Record<string, string>;

export const test = base.extend<{ settings: Settings; shop: Shop }>({
  // Settings beyond those a shop needs: `test.use({ settings: { DESK_PASSWORD: "secret" } })`.
  settings: [{}, { option: true }],

  shop: async ({ settings }, use, testInfo) => {
    const folder = await mkdtemp(join(tmpdir(), "noren-"));
    try {
      const shop = await Shop.open(folder, settings);
      try {
        await use(shop);
      } finally {
        await shop.stop();
        if (testInfo.status !== testInfo.expectedStatus) {
          await testInfo.attach("the shop's log", { body: shop.log, contentType: "text/plain" });
        }
      }
      expect(shop.unexpectedErrors(), "errors in the shop's log").toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },

  // Addresses in tests are the shop's: page.goto("/basket").
  baseURL: async ({ shop }, use) => use(shop.url),
});

export class Shop {
  /** What the program printed, over all its starts. */
  log = "";
  readonly url: string;
  readonly simulator: string;
  #process?: ChildProcess;
  #allowed: RegExp[] = [];

  private constructor(
    private readonly folder: string,
    private readonly settings: Settings,
    private readonly port: number,
    private readonly simulatorPort: number,
  ) {
    this.url = `http://localhost:${port}`;
    this.simulator = `http://127.0.0.1:${simulatorPort}`;
  }

  /** Starts a shop. A port that was free may be taken by the time the program wants it: then others are tried. */
  static async open(folder: string, settings: Settings): Promise<Shop> {
    for (let attempt = 1; ; attempt++) {
      const shop = new Shop(folder, settings, ...(await freePorts()));
      try {
        await shop.start();
        return shop;
      } catch (error) {
        await shop.stop();
        if (attempt === 3 || !/address (already )?in use/i.test(shop.log)) throw error;
      }
    }
  }

  /** Starts the program, with the database that is there, and waits until it is ready. */
  async start(): Promise<void> {
    // Only what is set here: settings of the person who runs the tests, and their .env, must not reach the shop.
    const env = {
      PATH: process.env.PATH,
      NO_COLOR: "1",
      LEPTOS_SITE_ROOT: join(root, "target/site"),
      DATABASE_URL: `sqlite://${this.folder}/noren.db`,
      LISTEN: `127.0.0.1:${this.port}`,
      PUBLIC_URL: this.url,
      SIMULATOR_LISTEN: `127.0.0.1:${this.simulatorPort}`,
      ...this.settings,
    };
    const child = spawn(binary, ["serve"], { cwd: this.folder, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    let failure = "";
    child.on("error", (error) => (failure = error.message));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.log += text));
    }
    const patience = Date.now() + 60_000;
    while (!(await answers(`http://127.0.0.1:${this.port}/readyz`))) {
      if (failure || child.exitCode !== null) throw new Error(`${binary} does not run: ${failure}\n${this.log}`);
      if (Date.now() > patience) throw new Error(`${binary} is not ready after 15 s:\n${this.log}`);
      await pause(25);
    }
  }

  /** Stops the program as an operator does, and waits until it has ended. One that does not end is an error. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Ends the program as a power cut does: nothing is written any more. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Calls the simulator's /control: GET without a body, otherwise POST. Answers with its JSON. */
  async control<T = any>(path: string, body?: unknown): Promise<T> {
    const url = `${this.simulator}/control/${path.replace(/^\//, "")}`;
    const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(url, body === undefined ? {} : request);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** Says that this test makes the shop log errors like this one. Others still fail the test. */
  allowErrors(pattern: RegExp): void {
    this.#allowed.push(pattern);
  }

  unexpectedErrors(): string[] {
    const wrong = this.log.split("\n").filter((line) => /\bERROR\b|panicked at/.test(line));
    return wrong.filter((line) => !this.#allowed.some((pattern) => pattern.test(line)));
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit").then(() => true);
    child.kill(signal);
    if (await Promise.race([ended, pause(12_000).then(() => false)])) return;
    child.kill("SIGKILL");
    throw new Error(`the shop did not end within 12 s of ${signal}`);
  }
}

/** Two ports that nothing listens on. Both are held until both are known, so that they differ. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  for (const server of servers) await once(server.listen(0, "127.0.0.1"), "listening");
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) await once(server.close(), "close");
  return ports as [number, number];
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).status === 200;
  } catch {
    return false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
