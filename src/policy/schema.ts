/** The JSON schema of depward.config.json, for editors; follows from shape.ts. Pure. */
import { type ConfigurableRule, configShape, type Shape } from './shape.ts';

type Schema = { readonly [keyword: string]: unknown };

/** The published schema for the rules there are. */
export function configSchema(rules: readonly ConfigurableRule[]): Schema {
  const definitions = new Map<string, Schema>();
  const root = schemaOf(configShape(rules), definitions);
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'depward.config.json', ...root, definitions: Object.fromEntries(definitions) };
}

/** `definitions` collects what stands in several places: the settings by rule. */
function schemaOf(shape: Shape, definitions: Map<string, Schema>): Schema {
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
      return { ...described(shape.about), type: 'array', items: schemaOf(shape.of, definitions), maxItems: shape.max };
    case 'pair':
      return {
        ...described(shape.about),
        type: 'array',
        items: [schemaOf(shape.first, definitions), schemaOf(shape.second, definitions)],
        minItems: 1,
        maxItems: 2,
      };
    case 'oneOrList':
      return { ...described(aboutOf(shape.one)), anyOf: [schemaOf(shape.one, definitions), schemaOf(shape.list, definitions)] };
    case 'record':
      if (shape.noun !== 'rule') return recordSchema(shape, definitions);
      if (!definitions.has('rules')) definitions.set('rules', recordSchema(shape, definitions));
      return { $ref: '#/definitions/rules' };
  }
}

function recordSchema(shape: Extract<Shape, { kind: 'record' }>, definitions: Map<string, Schema>): Schema {
  return {
    ...described(shape.about),
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries([...shape.fields].map(([key, field]) => [key, schemaOf(field, definitions)])),
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
