import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Boards, gateways and browsers are started by these tests on two cores, perhaps beside other work. A deadline
    // only ends what hangs; what a test waits for is an event.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
