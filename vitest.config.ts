import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Boards, gateways and browsers are started by these tests on two cores.
    testTimeout: 20_000,
    maxWorkers: 2,
  },
});
