import binaryen from "binaryen";

/** A Binaryen expression handle. */
export type Expression = number;

type Fields = Record<string, unknown>;

/** The fields that hold child expressions, by expression kind. Kinds that C code compiled by LLVM emits. */
const CHILD_FIELDS = new Map<number, readonly string[]>([
  [binaryen.BlockId, ["children"]],
  [binaryen.IfId, ["condition", "ifTrue", "ifFalse"]],
  [binaryen.LoopId, ["body"]],
  [binaryen.BreakId, ["value", "condition"]],
  [binaryen.SwitchId, ["value", "condition"]],
  [binaryen.CallId, ["operands"]],
  [binaryen.CallIndirectId, ["target", "operands"]],
  [binaryen.LocalGetId, []],
  [binaryen.LocalSetId, ["value"]],
  [binaryen.GlobalGetId, []],
  [binaryen.GlobalSetId, ["value"]],
  [binaryen.LoadId, ["ptr"]],
  [binaryen.StoreId, ["ptr", "value"]],
  [binaryen.ConstId, []],
  [binaryen.UnaryId, ["value"]],
  [binaryen.BinaryId, ["left", "right"]],
  [binaryen.SelectId, ["condition", "ifTrue", "ifFalse"]],
  [binaryen.DropId, ["value"]],
  [binaryen.ReturnId, ["value"]],
  [binaryen.MemorySizeId, []],
  [binaryen.MemoryGrowId, ["delta"]],
  [binaryen.MemoryCopyId, ["dest", "source", "size"]],
  [binaryen.MemoryFillId, ["dest", "value", "size"]],
]);

/** Kinds without any field; Binaryen's getExpressionInfo has no description of them. */
const LEAVES = new Set<number>([binaryen.NopId, binaryen.UnreachableId]);

/** An expression with its decoded fields. */
export interface Node {
  readonly expression: Expression;
  readonly id: number;
  readonly fields: Fields;
}

/**
 * All expressions under `root`, parents before children.
 *
 * @throws Error on an expression kind that the walk does not know, rather than to pass over its children.
 */
export function expressionsOf(root: Expression): Node[] {
  const nodes: Node[] = [];
  const pending: Expression[] = [root];
  while (pending.length > 0) {
    const expression = pending.pop() as Expression;
    const id = binaryen.getExpressionId(expression);
    if (LEAVES.has(id)) continue;
    const names = CHILD_FIELDS.get(id);
    if (names === undefined) throw new Error(`the firmware holds an expression of unknown kind ${id}`);
    const fields = binaryen.getExpressionInfo(expression) as unknown as Fields;
    nodes.push({ expression, id, fields });
    for (const name of names.toReversed()) {
      const child = fields[name];
      if (Array.isArray(child)) pending.push(...(child as Expression[]).toReversed());
      else if (typeof child === "number" && child !== 0) pending.push(child);
    }
  }
  return nodes;
}

/** The value of a constant i32 expression, or undefined when it is not one. */
export function constantOf(expression: unknown): number | undefined {
  if (typeof expression !== "number" || expression === 0) return undefined;
  if (binaryen.getExpressionId(expression) !== binaryen.ConstId) return undefined;
  if (binaryen.getExpressionType(expression) !== binaryen.i32) return undefined;
  return (binaryen.getExpressionInfo(expression) as unknown as { value: number }).value;
}

/** The editing calls of binaryen 132 that its type declarations do not name. */
interface Editing {
  Function: { setBody(fn: number, body: Expression): void };
  Load: { getPtr(load: Expression): Expression; setPtr(load: Expression, ptr: Expression): void };
  Break: {
    getCondition(branch: Expression): Expression;
    setCondition(branch: Expression, condition: Expression): void;
  };
  Loop: { setBody(loop: Expression, body: Expression): void };
  Call: { setOperandAt(call: Expression, index: number, operand: Expression): void };
}

export const editing = binaryen as unknown as Editing;
