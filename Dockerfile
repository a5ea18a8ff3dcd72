# Noren with its simulator, for compose.yaml. The build takes about 20 minutes the first time.
# A shop for real money is built with: cargo build --release --no-default-features --features ssr
FROM node:22-bookworm AS node

FROM rust:1.95-bookworm AS build
COPY --from=node /usr/local /usr/local
WORKDIR /noren
COPY . .
RUN scripts/setup && bash -c 'source scripts/lib.sh && use_tools && cargo leptos build --release'

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /noren/target/release/noren /usr/local/bin/noren
WORKDIR /srv/noren
COPY --from=build /noren/target/site target/site
# The simulator binds an address that the host reaches; everything that a person types stays on the host's loopback.
CMD ["noren", "serve"]
