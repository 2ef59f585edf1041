type Schema = Readonly<Record<string, unknown>>;

/**
 * The schema of a type's objects, closed: a member that it does not name is refused (RFC 9396 §5), at every depth, unless
 * the schema says at that place what becomes of such members. `type` is always named.
 */
export function closed(schema: Schema, type: string): Schema {
  const own = isSchema(schema.properties) ? schema.properties : {};
  return closedPlace({ ...schema, properties: { ...own, type: { const: type } } });
}

/** `unevaluatedProperties` sees what `$ref` and branches name, where `additionalProperties` would not. */
function closedPlace(schema: Schema): Schema {
  const speaks = 'additionalProperties' in schema || 'unevaluatedProperties' in schema;
  const mayBeObject = schema.type === undefined || [schema.type].flat().includes('object');
  const inner = closedInside(schema);
  return speaks || !mayBeObject ? inner : { ...inner, unevaluatedProperties: false };
}

/** Keywords whose schemas have a place in the object to themselves. */
const places = ['properties', 'patternProperties', 'items', 'prefixItems', 'additionalProperties'];
/** Keywords whose schemas share the place of the one around them. Not `if` and `not`: they do not allow, they ask. */
const branches = ['$defs', 'dependentSchemas', 'allOf', 'anyOf', 'oneOf', 'then', 'else'];
/** Of these the ones that hold schemas by name. */
const named = ['properties', 'patternProperties', '$defs', 'dependentSchemas'];

function closedInside(schema: Schema): Schema {
  const entries = Object.entries(schema).map(([keyword, value]): [string, unknown] => {
    if (places.includes(keyword)) return [keyword, eachIn(keyword, value, closedPlace)];
    if (branches.includes(keyword)) return [keyword, eachIn(keyword, value, closedInside)];
    return [keyword, value];
  });
  return Object.fromEntries(entries);
}

function eachIn(keyword: string, value: unknown, close: (schema: Schema) => Schema): unknown {
  const one = (inner: unknown) => (isSchema(inner) ? close(inner) : inner);
  if (Array.isArray(value)) return value.map(one);
  if (!isSchema(value) || !named.includes(keyword)) return one(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, one(inner)]));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
