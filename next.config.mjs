import { fileURLToPath } from "node:url";

/** @type {import("next").NextConfig} */
export default {
  distDir: process.env.DAYFILL_DIST_DIR ?? ".next",
  typescript: {
    // `npm run check` checks the types of everything, faster and with the tests.
    ignoreBuildErrors: true,
    tsconfigPath: process.env.DAYFILL_TSCONFIG ?? "tsconfig.json",
  },
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) },
  images: { unoptimized: true },
  poweredByHeader: false,
  reactStrictMode: true,
};
