/**
 * What every JavaScript host of the board offers beyond ECMAScript, declared here in the small, because this
 * folder compiles without the DOM's and Node's types.
 */

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: "utf-8", options?: { fatal?: boolean });
  decode(bytes: Uint8Array): string;
}

declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  interface Table {
    get(index: number): ((...args: number[]) => number) | null;
  }
  interface Global {
    // biome-ignore lint/suspicious/noExplicitAny: as the DOM's declaration has it
    value: any;
  }
  type ImportValue = ((...args: never[]) => unknown) | Memory | Table | Global | number;
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, ImportValue>>);
    readonly exports: Record<string, unknown>;
  }
}
