/** The JSON schema of depward.config.json, for editors; follows from shape.ts. Pure. */
import { type ConfigurableRule, configShape, type Shape } from './shape.ts';

type Schema = { readonly [keyword: string]: unknown };

/** The published schema for the rules there are. */
export function configSchema(rules: readonly ConfigurableRule[]): Schema {
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'depward.config.json', ...schemaOf(configShape(rules)) };
}

function schemaOf(shape: Shape): Schema {
  switch (shape.kind) {
    case 'text':
      return { ...described(shape.about), type: 'string', maxLength: 1000, ...(shape.form && { pattern: shape.form.pattern }) };
    case 'number':
      return {
        ...described(shape.about),
        type: 'number',
        ...(shape.min !== undefined && { minimum: shape.min }),
        ...(shape.max !== undefined && { maximum: shape.max }),
      };
    case 'flag':
      return { ...described(shape.about), type: 'boolean' };
    case 'choice':
      return { ...described(shape.about), enum: shape.of };
    case 'list':
      return { ...described(shape.about), type: 'array', items: schemaOf(shape.of), maxItems: shape.max };
    case 'pair':
      return { ...described(shape.about), type: 'array', items: [schemaOf(shape.first), schemaOf(shape.second)], minItems: 1, maxItems: 2 };
    case 'oneOrList':
      return { ...described(aboutOf(shape.one)), anyOf: [schemaOf(shape.one), schemaOf(shape.list)] };
    case 'record':
      return recordSchema(shape);
  }
}

function recordSchema(shape: Extract<Shape, { kind: 'record' }>): Schema {
  return {
    ...described(shape.about),
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries([...shape.fields].map(([key, field]) => [key, schemaOf(field)])),
    ...(shape.required && shape.required.length > 0 && { required: shape.required }),
    ...(shape.exactlyOne && { oneOf: shape.exactlyOne.map((key) => ({ required: [key] })) }),
  };
}

function described(about: string): Schema {
  return about === '' ? {} : { description: about };
}

function aboutOf(shape: Shape): string {
  return 'about' in shape ? shape.about : '';
}
