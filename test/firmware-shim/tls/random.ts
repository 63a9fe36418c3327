/** Chance that is the same in every run, and how much of it to try. */

/** A number from 0 to below `limit`. */
export type Random = (limit: number) => number;

/** Numbers that are the same for the same seed (xorshift32). */
export function randomNumbers(seed: number): Random {
  // A state of 0 would stay 0.
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/**
 * How many inputs a fuzzer tries: a number that keeps the tests short, or `FUZZ_RUNS` of the environment for all:
 *
 *     FUZZ_RUNS=200000 npx vitest run fuzz
 *
 * `FUZZ_SEED`, 0 unless told, moves on to other inputs.
 */
export function fuzzRuns(usual: number): number {
  return Number(process.env.FUZZ_RUNS ?? usual);
}

/** The seeds of a run. */
export function* fuzzSeeds(usual: number): Generator<number> {
  const first = Number(process.env.FUZZ_SEED ?? 0) * 1_000_000_000;
  for (let count = fuzzRuns(usual), i = 1; i <= count; i++) yield first + i;
}
