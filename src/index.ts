/** The public API. */
export { evaluate } from './engine.ts';
export { defineRule } from './model/rule.ts';
