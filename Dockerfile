# One image for every role: `node --disallow-code-generation-from-strings src/main.ts api` (the default), `… worker`,
# `… migrate`. Nothing is compiled: Node strips the types. The optional packages are Node itself, once a platform; the image
# has its own, so they are left out.

FROM node:26-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:26-slim AS web
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# With the optional ones: the bundler's binaries are among them.
RUN npm ci
COPY vite.config.ts tsconfig.json ./
COPY web web
# The rules of answers and conditions, which the page shares.
COPY src/entities src/entities
RUN npm run build

FROM node:26-slim
WORKDIR /app
# Metrics and probes are for other containers; whichever role runs, they are on one port.
ENV NODE_ENV=production HOST=0.0.0.0 METRICS_HOST=0.0.0.0 METRICS_PORT=9464
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY questionnaires questionnaires
COPY texts texts
COPY src src
COPY --from=web /app/dist/web dist/web
# The files belong to root: the process can't change its own code.
USER node
EXPOSE 3005 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.METRICS_PORT || 9464) + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node directly, not npm, which would not pass the signal on.
CMD ["node", "--disallow-code-generation-from-strings", "src/main.ts", "api"]
