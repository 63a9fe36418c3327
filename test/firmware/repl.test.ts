import { afterAll, beforeAll, expect, it } from "vitest";
import { TestBoard } from "./board.ts";

let board: TestBoard;
beforeAll(async () => {
  board = await TestBoard.atPrompt();
});
afterAll(() => board.close());
it("computes", async () => {
  expect(await board.line("1+1")).toBe("2\r\n");
  expect(await board.exec("print(2)")).toEqual({ stdout: "2\r\n", stderr: "" });
});
