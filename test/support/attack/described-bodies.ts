/** Just as much of a JSON schema as our own description uses. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

export interface Description {
  paths: Record<
    string,
    Record<string, { requestBody?: { content: Record<string, { schema: Schema }> }; parameters?: { name: string; in: string }[] }>
  >;
  components: { schemas: Record<string, Schema> };
}

/** A body of the described shape for a route of the API, with `id` wherever an id belongs and `text` wherever a text does. */
export function describedBody(description: Description, method: string, path: string, id: string, text = 'x'): unknown {
  const described = description.paths[path.replace(/^\/api\/v1/, '').replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  const schema = described?.requestBody?.content['application/json']?.schema;
  return schema && sampleOf(description, schema, id, text);
}

function sampleOf(description: Description, schema: Schema, id: string, text: string): unknown {
  if (schema.$ref !== undefined)
    return sampleOf(description, description.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, id, text);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [first] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (first) return sampleOf(description, first, id, text);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, sampleOf(description, inner, id, text)]),
    );
  if (type === 'array') return [sampleOf(description, schema.items ?? {}, id, text)];
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return 1;
  if (schema.format === 'uuid') return id;
  if (schema.format === 'date') return '2026-11-01';
  if (schema.format === 'date-time') return '2026-11-01T00:00:00Z';
  if (schema.pattern?.includes('{64}')) return 'a'.repeat(64);
  return text;
}
