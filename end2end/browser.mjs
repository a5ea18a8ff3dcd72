// How the tests start Chromium.
export const browserArguments = [
  // Nothing but the pages under test goes over the network.
  "--disable-background-networking",
  // Chromium's sandbox does not start for root, which is what a container often runs as.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];
