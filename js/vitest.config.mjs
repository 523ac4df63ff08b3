import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "jsdom",
    setupFiles: ["tests/setup.ts"],
    include: ["tests/**/*.test.{ts,mjs}"],
    restoreMocks: true,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
